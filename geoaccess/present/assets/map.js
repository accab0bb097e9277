/* Draws the data inside the page with Leaflet. Text from input files only ever becomes a text node. */
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("geoaccess-data").textContent);
  var words = data.words;
  var numbers = {};
  var MANY = 3000;

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
    if (table.sentence) { element("p", table.sentence[row], box); }
    var rows = element("table", "", box);
    table.columns.forEach(function (column) {
      var value = cell(column, row);
      if (value !== "") {
        var line = element("tr", "", rows);
        element("td", column.label, line);
        element("td", value, line);
      }
    });
    return box;
  }

  function tooltip(table, row) {
    var box = element("div");
    element("b", table.name[row], box);
    if (table.hint) { element("br", "", box); element("span", table.hint[row], box); }
    return box;
  }

  function bind(layer, table, row) {
    layer.bindPopup(function () { return popup(table, row); }, { maxWidth: 330, closeButtonLabel: words.close });
    layer.bindTooltip(function () { return tooltip(table, row); }, { sticky: true, opacity: 0.97 });
    return layer;
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

  /* a repeating hatch for the canvas that is used where there are very many sites */
  function canvasHatch() {
    var tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    var pen = tile.getContext("2d");
    pen.fillStyle = "#fff"; pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = data.hatch; pen.lineWidth = 1.5;
    pen.beginPath(); pen.moveTo(-1, 7); pen.lineTo(7, -1); pen.moveTo(-1, 1); pen.lineTo(1, -1);
    pen.moveTo(5, 7); pen.lineTo(7, 5); pen.stroke();
    return pen.createPattern(tile, "repeat");
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
    var group = L.featureGroup(), labels = [], table = part.areas;
    table.rings.forEach(function (polygons, row) {
      var style = data.shareStyles[table.style[row]];
      var layer = L.polygon(polygons.map(function (rings) { return rings.map(decode); }), {
        pane: "areas", color: data.areaLine, weight: 1.2, fill: true,
        fillColor: style.fill === "none" ? "#fff" : style.fill,
        fillOpacity: style.fill === "none" ? 0 : data.areaOpacity
      });
      bind(layer, table, row).addTo(group);
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
    return { group: group, suit: suit };
  }

  function siteLayers(map, part, spots, many) {
    var group = L.featureGroup(), table = part.sites;
    var renderer = many ? L.canvas({ pane: "sites", padding: 0.2 }) : L.svg({ pane: "sites", padding: 0.2 });
    var hatch = many ? canvasHatch() : null;
    table.lon.forEach(function (lon, row) {
      var style = data.timeStyles[table.style[row]], unknown = table.radius[row] === null;
      var beyond = table.beyond[row];
      var fill = unknown ? style.unknown : style.fill;
      if (many) { fill = style.mark === "hatch" ? hatch : style.plain; }
      var layer = L.circleMarker([table.lat[row], lon], {
        renderer: renderer, pane: "sites", className: "site",
        radius: unknown ? data.unknownRadius : table.radius[row],
        color: data.outlines[beyond], weight: data.weights[beyond],
        fillColor: fill, fillOpacity: 0.93
      });
      bind(layer, table, row).addTo(group);
      spots["site-" + table.row[row]] = { map: map, layer: layer, point: layer.getLatLng() };
    });
    return group;
  }

  function practiceLayers(part) {
    var group = L.featureGroup(), table = part.practices;
    var drawing = document.getElementById("practice-symbol");
    table.lon.forEach(function (lon, row) {
      var symbol = drawing.cloneNode(true);
      symbol.removeAttribute("id");
      var icon = L.divIcon({ className: "practice", html: symbol, iconSize: [13, 13] });
      var marker = L.marker([table.lat[row], lon], { icon: icon, pane: "practices", keyboard: false });
      bind(marker, table, row).addTo(group);
    });
    return group;
  }

  function makeMap(part, holder, spots, many) {
    var corners = L.latLngBounds(part.bounds);
    var map = L.map(holder, {
      zoomSnap: 0.25, zoomControl: false, attributionControl: Boolean(data.tiles), maxZoom: 18,
      maxBounds: corners.pad(1), zoomAnimation: !many
    });
    L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    [["streets", 310], ["areas", 320], ["labels", 430], ["sites", 450], ["practices", 460]].forEach(function (pane) {
      map.createPane(pane[0]).style.zIndex = pane[1];
    });
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
    layers.streets = streets.group;
    layers.areas = areas.group;
    layers.sites = siteLayers(map, part, spots, many);
    layers.practices = practiceLayers(part);
    Object.keys(layers).forEach(function (name) {
      if (!(name === "streets" && data.tiles)) { layers[name].addTo(map); }
    });
    streets.suit();
    areas.suit();
    return { map: map, layers: layers, home: corners };
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
        if (spot.bounds) {
          spot.map.fitBounds(spot.bounds, { maxZoom: 14 });
          spot.layer.openPopup(spot.bounds.getCenter());
        } else {
          spot.map.setView(spot.point, Math.max(spot.map.getZoom(), 14));
          spot.layer.openPopup();
        }
      });
    });
    document.querySelectorAll("[data-region]").forEach(function (button) {
      button.addEventListener("click", function () { fit(maps[Number(button.dataset.region)]); });
    });
    document.querySelectorAll("[data-layer]").forEach(function (box) {
      box.checked = maps.some(function (item) { return item.map.hasLayer(item.layers[box.dataset.layer]); });
      box.addEventListener("change", function () {
        maps.forEach(function (item) {
          var layer = item.layers[box.dataset.layer];
          if (box.checked) { layer.addTo(item.map); } else { layer.remove(); }
        });
      });
    });
  }

  var spots = {}, count = 0;
  data.parts.forEach(function (part) { count += part.sites.lon.length; });
  var maps = data.parts.map(function (part, k) {
    return makeMap(part, document.getElementById("map-" + k), spots, count > MANY);
  });
  connect(maps, spots);
  onSheet(maps);
  window.geoaccess = { maps: maps, sites: count, ready: true };
}());
