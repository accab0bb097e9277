/* Draws the data inside the page with Leaflet. Text from input files only ever becomes a text node. */
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("geoaccess-data").textContent);
  var words = data.words;
  var numbers = {};
  var MANY = 3000;
  var colour = data.visits ? "reason" : "time";

  function format(value, decimals) {
    if (!numbers[decimals]) {
      numbers[decimals] = new Intl.NumberFormat(data.language, { maximumFractionDigits: decimals });
    }
    return numbers[decimals].format(value);
  }

  function element(tag, text, parent) {
    var made = document.createElement(tag);
    if (text) { made.textContent = text; }
    if (parent) { parent.appendChild(made); }
    return made;
  }

  var told = geoaccessVisits.make(data, format), surface = geoaccessSurface.make(data, format, element), barriers = null;

  /* one value of a column: plain numbers, or texts kept once each */
  function cell(column, row) {
    if (column.levels) {
      return column.codes[row] < 0 ? "" : column.levels[column.codes[row]];
    }
    var value = column.values[row];
    return value === null ? "" : format(value, column.decimals) + column.unit;
  }

  function popup(table, row) {
    var box = element("div");
    box.className = "popup";
    element("h3", table.name[row], box);
    if (table.failSentence) { element("p", table.failSentence[row], box); }
    if (table.sentence) { element("p", table.sentence[row], box); }
    details(table, row, box);
    return box;
  }

  function lines(pairs, parent) {
    var rows = element("table", "", parent);
    pairs.forEach(function (pair) {
      var line = element("tr", "", rows);
      element("td", pair[0], line);
      element("td", pair[1], line);
    });
  }

  function details(table, row, parent) {
    lines(table.columns.map(function (column) {
      return [column.label, cell(column, row)];
    }).filter(function (pair) { return pair[1] !== ""; }), parent);
  }

  /* what a site is told of: its people and their visits first, its travel time, and the rest on demand */
  function sitePopup(part, row) {
    var table = part.sites, box = element("div");
    box.className = "popup";
    element("h3", table.name[row], box);
    if (!part.people) {
      element("p", told.travel(table, row), box);
      details(table, row, box);
      return box;
    }
    element("p", told.verdict(table, row), box).className = "lead";
    lines(told.facts(table, row), box);
    told.groups(table, part.people, row, box);
    element("p", told.travel(table, row), box).className = "travel";
    var more = element("details", "", box);
    element("summary", data.visits.words.more, more);
    details(table, row, more);
    return box;
  }

  function siteTooltip(table, row) {
    var box = element("div");
    element("b", table.name[row], box);
    element("br", "", box);
    element("span", colour === "reason" ? told.hint(table, row) : told.travelHint(table, row), box);
    return box;
  }

  function tooltip(table, row) {
    var box = element("div");
    element("b", table.name[row], box);
    var hints = colour === "reason" && table.failHint ? table.failHint : table.hint;
    if (hints) { element("br", "", box); element("span", hints[row], box); }
    return box;
  }

  /* long pop-ups scroll: they are never higher than the map */
  function popupOptions(map, wide) {
    return {
      maxWidth: Math.min(wide, Math.max(220, map.getSize().x - 110)), closeButtonLabel: words.close,
      maxHeight: Math.max(160, map.getSize().y - 90), autoPanPaddingTopLeft: [54, 8]
    };
  }

  function bindTo(layer, map, wide, content, hint) {
    layer.bindPopup(content, popupOptions(map, wide));
    layer.bindTooltip(hint, { sticky: true, opacity: 0.97 });
    return layer;
  }

  function bind(layer, map, table, row) {
    return bindTo(layer, map, 330, function () { return popup(table, row); }, function () { return tooltip(table, row); });
  }

  /* lines are kept as whole steps of 0.00001 degree, each from the one before */
  function decode(line) {
    var points = [], lon = data.origin[0], lat = data.origin[1];
    for (var i = 0; i < line.length; i += 2) {
      lon += line[i];
      lat += line[i + 1];
      points.push([lat / 1e5, lon / 1e5]);
    }
    return points;
  }

  function streetLayers(map, part) {
    var renderer = L.canvas({ pane: "streets", padding: 0.2 });
    var group = L.layerGroup();
    var kinds = part.streets.map(function (kind) {
      var layer = L.polyline(kind.lines.map(decode), {
        renderer: renderer, pane: "streets", interactive: false, color: kind.colour, weight: 1, smoothFactor: 1.2
      });
      return { layer: layer, kind: kind };
    });
    function suit() {
      var zoom = map.getZoom();
      kinds.forEach(function (item) {
        var far = zoom < 11.5 && item.kind.quiet && item.kind.lines.length > 15000;
        item.layer.setStyle({
          stroke: !far, weight: Math.max(0.4, item.kind.weight * Math.pow(1.35, zoom - 11))
        });
      });
    }
    kinds.forEach(function (item) { group.addLayer(item.layer); });
    map.on("zoomend", suit);
    return { group: group, suit: suit };
  }

  function areaLayers(map, part, spots) {
    var group = L.featureGroup(), labels = [], table = part.areas, shades = [];
    table.rings.forEach(function (polygons, row) {
      var layer = L.polygon(polygons.map(function (rings) { return rings.map(decode); }), {
        pane: "areas", color: data.areaLine, weight: 1.2, fill: true
      });
      bind(layer, map, table, row).addTo(group);
      layer.on("popupopen", function () { barriers.choose(table.row[row]); });
      shades.push(function () {
        var style = data.shareStyles[(colour === "reason" && table.failStyle || table.style)[row]];
        layer.setStyle({
          fillColor: style.fill === "none" ? "#fff" : style.fill,
          fillOpacity: style.fill === "none" ? 0 : data.areaOpacity
        });
      });
      spots["area-" + table.row[row]] = { map: map, layer: layer, bounds: layer.getBounds() };
      if (!table.label[row]) { return; }
      var label = L.tooltip({
        permanent: true, direction: "center", className: "area-name", pane: "labels", interactive: false
      }).setLatLng(table.label[row]).setContent(element("span", table.name[row]));
      labels.push({ label: label, bounds: layer.getBounds(), length: table.name[row].length });
    });
    function suit() {
      labels.forEach(function (item) {
        var low = map.latLngToLayerPoint(item.bounds.getSouthWest());
        var high = map.latLngToLayerPoint(item.bounds.getNorthEast());
        var fits = high.x - low.x > 7 * item.length + 6 && low.y - high.y > 24;
        if (fits && map.hasLayer(group)) { item.label.addTo(map); } else { item.label.remove(); }
      });
    }
    map.on("zoomend layeradd layerremove", function (event) {
      if (event.type === "zoomend" || event.layer === group) { suit(); }
    });
    return { group: group, suit: suit, paint: function () { shades.forEach(function (shade) { shade(); }); } };
  }

  function siteLayers(map, part, spots, many) {
    var group = L.featureGroup(), table = part.sites;
    var renderer = many ? L.canvas({ pane: "sites", padding: 0.2 }) : L.svg({ pane: "sites", padding: 0.2 });
    var hatch = many ? surface.hatch() : null;
    var layers = table.lon.map(function (lon, row) {
      var layer = L.circleMarker([table.lat[row], lon], {
        renderer: renderer, pane: "sites", className: "site", fillOpacity: 0.93,
        radius: table.radius[row] === null ? data.unknownRadius : table.radius[row]
      });
      bindTo(layer, map, 390, function () { return sitePopup(part, row); }, function () { return siteTooltip(table, row); });
      spots["site-" + table.row[row]] = { map: map, layer: layer, point: layer.getLatLng() };
      return layer;
    });
    function paint() {
      layers.forEach(function (layer, row) { layer.setStyle(siteStyle(table, row, many, hatch)); });
    }
    paint();
    layers.forEach(function (layer) { layer.addTo(group); });
    return { group: group, paint: paint };
  }

  function siteStyle(table, row, many, hatch) {
    var unknown = table.radius[row] === null, reason = colour === "reason";
    var style = reason ? data.visits.reasons[table.verdict[row]] : data.timeStyles[table.style[row]];
    var thick = reason ? table.half[row] : table.beyond[row], pale = reason && !thick;
    var fill = unknown ? style.unknown : pale ? style.paleFill : style.fill;
    if (many) { fill = style.mark === "hatch" || style.hatch ? hatch : pale ? style.palePlain : style.plain; }
    return { color: data.outlines[thick], weight: data.weights[thick], fillColor: fill };
  }

  /* one layer for each kind of care, the main one first */
  function practiceLayers(map, part) {
    var groups = [], table = part.practices;
    for (var k = 0; k < Math.max(1, data.kinds); k += 1) { groups.push(L.featureGroup()); }
    table.lon.forEach(function (lon, row) {
      var kind = table.kind[row], symbol = document.getElementById("practice-symbol-" + kind).cloneNode(true);
      symbol.removeAttribute("id");
      var icon = L.divIcon({ className: "practice", html: symbol, iconSize: kind ? [15, 15] : [13, 13] });
      var marker = L.marker([table.lat[row], lon], { icon: icon, pane: "practices", keyboard: false });
      bind(marker, map, table, row).addTo(groups[kind]);
    });
    return groups;
  }

  function makeMap(part, holder, spots, many) {
    var corners = L.latLngBounds(part.bounds);
    var map = L.map(holder, {
      zoomSnap: 0.25, zoomControl: false, attributionControl: Boolean(data.tiles), maxZoom: 18,
      maxBounds: corners.pad(4), zoomAnimation: !many
    });
    L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    [["surface", 305], ["streets", 310], ["areas", 320], ["labels", 430], ["sites", 450], ["practices", 460]].forEach(function (pane) {
      map.createPane(pane[0]).style.zIndex = pane[1];
    });
    map.getPane("surface").style.pointerEvents = "none";
    map.getPane("surface").style.opacity = data.cellOpacity;
    map.getPane("streets").style.pointerEvents = "none";
    map.getPane("labels").style.pointerEvents = "none";
    map.fitBounds(corners, { animate: false });
    map.setMinZoom(Math.min(map.getZoom(), map.getBoundsZoom(corners.pad(1))));
    var layers = {};
    if (data.tiles) {
      map.attributionControl.setPrefix(false);
      layers.tiles = L.tileLayer(data.tiles.url, { attribution: data.tiles.attribution, maxZoom: 18 });
    }
    var streets = streetLayers(map, part), areas = areaLayers(map, part, spots);
    if (part.surface) { layers.surface = surface.layer(map, part.surface); }
    layers.streets = streets.group;
    layers.areas = areas.group;
    var sites = siteLayers(map, part, spots, many);
    layers.sites = sites.group;
    practiceLayers(map, part).forEach(function (group, kind) {
      layers[kind ? "care-" + kind : "practices"] = group;
    });
    Object.keys(part.places).forEach(function (number) {
      spots["place-" + number] = { map: map, bounds: L.latLngBounds(part.places[number]) };
    });
    Object.keys(layers).forEach(function (name) {
      var later = name === "streets" && data.tiles || name === "surface" && data.visits || name.indexOf("care-") === 0;
      if (!later) { layers[name].addTo(map); }
    });
    streets.suit();
    areas.suit();
    areas.paint();
    return {
      map: map, layers: layers, home: corners,
      paint: function () { areas.paint(); sites.paint(); }
    };
  }

  function fit(item) {
    item.map.invalidateSize({ animate: false, pan: false });
    item.map.fitBounds(item.home, { animate: false });
  }

  function onSheet(maps) {
    var before = null;
    window.addEventListener("beforeprint", function () {
      before = maps.map(function (item) { return item.map.getBounds(); });
      document.documentElement.classList.add("printing");
      maps.forEach(function (item) {
        var seen = item.map.getBounds();
        item.map.setMinZoom(0);
        item.map.invalidateSize({ animate: false, pan: false });
        item.map.fitBounds(seen.pad(0.03).contains(item.home) ? item.home : seen, { animate: false });
      });
    });
    window.addEventListener("afterprint", function () {
      document.documentElement.classList.remove("printing");
      maps.forEach(function (item, k) {
        item.map.invalidateSize({ animate: false, pan: false });
        if (before) { item.map.fitBounds(before[k], { animate: false }); }
      });
    });
  }

  function connect(maps, spots) {
    document.querySelectorAll("[data-spot]").forEach(function (button) {
      button.addEventListener("click", function () {
        var spot = spots[button.dataset.spot];
        if (!spot) { return; }
        spot.map.getContainer().scrollIntoView({ block: "nearest" });
        if (spot.bounds) {
          spot.map.fitBounds(spot.bounds.pad(0.2), { maxZoom: 14, animate: false });
          if (spot.layer) { spot.layer.openPopup(spot.bounds.getCenter()); }
        } else {
          spot.map.setView(spot.point, Math.max(spot.map.getZoom(), 14), { animate: false });
          spot.layer.openPopup();
        }
      });
    });
    document.querySelectorAll("[data-region]").forEach(function (button) {
      button.addEventListener("click", function () { fit(maps[Number(button.dataset.region)]); });
    });
    function noteSurface() {
      var box = document.querySelector("[data-layer='surface']");
      document.documentElement.classList.toggle("surface-on", Boolean(box && box.checked));
    }
    document.querySelectorAll("[data-layer]").forEach(function (box) {
      box.checked = maps.some(function (item) {
        var layer = item.layers[box.dataset.layer];
        return layer && item.map.hasLayer(layer);
      });
      box.addEventListener("change", function () {
        maps.forEach(function (item) {
          var layer = item.layers[box.dataset.layer];
          if (!layer) { return; }
          if (box.checked) { layer.addTo(item.map); } else { layer.remove(); }
        });
        noteSurface();
      });
    });
    noteSurface();
  }

  /* travel times of squares go with travel times of sites; whoever wants may still see them below the reasons */
  function showSurface(maps, wanted) {
    var box = document.querySelector("[data-layer='surface']");
    if (box && box.checked !== wanted) { box.click(); }
  }

  function colours(maps) {
    function choose(wanted) {
      colour = wanted;
      document.documentElement.classList.toggle("by-reason", colour === "reason");
      document.documentElement.classList.toggle("by-time", colour === "time");
    }
    choose(colour);
    document.querySelectorAll("#colour input").forEach(function (button) {
      button.checked = button.value === colour;
      button.addEventListener("change", function () {
        if (!button.checked) { return; }
        choose(button.value);
        maps.forEach(function (item) { item.map.closePopup(); item.paint(); });
        showSurface(maps, colour === "time");
      });
    });
  }

  var spots = {}, count = 0;
  data.parts.forEach(function (part) { count += part.sites.lon.length; });
  var maps = data.parts.map(function (part, k) {
    return makeMap(part, document.getElementById("map-" + k), spots, count > MANY);
  });
  barriers = told.connectCascade();
  connect(maps, spots);
  colours(maps);
  onSheet(maps);
  window.geoaccess = { maps: maps, sites: count, ready: true };
}());
