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

  /* a polynomial in two coordinates that are first scaled to about -1..1 */
  function polynomial(fit, x, y) {
    var u = (x - fit.middle[0]) / fit.half[0], v = (y - fit.middle[1]) / fit.half[1];
    var first = 0, second = 0, power = 0, a, b;
    for (a = 0; a <= fit.degree; a += 1) {
      for (b = 0; a + b <= fit.degree; b += 1) {
        var term = Math.pow(u, a) * Math.pow(v, b);
        first += fit.first[power] * term;
        second += fit.second[power] * term;
        power += 1;
      }
    }
    return [first, second];
  }

  /* the access surface: outlines of the cells by class (neighbours of one class in a row are one shape), in points of
     zoom 0, and a way to find the cell at a place */
  function surfaceShapes(cells) {
    var shapes = data.cellFills.map(function () { return []; }), runs = {}, cell = 0;
    function corner(column, row) {
      var degrees = polynomial(cells.toDegrees, column, row);
      return L.CRS.EPSG3857.latLngToPoint(L.latLng(degrees[1], degrees[0]), 0);
    }
    cells.runs.forEach(function (run) {
      var row = run[0], column = run[1], since = 0;
      runs[row] = runs[row] || [];
      runs[row].push({ column: column, length: run[2], cell: cell });
      for (var k = 0; k < run[2]; k += 1) {
        var style = cells.style[cell + k];
        if (k + 1 === run[2] || cells.style[cell + k + 1] !== style) {
          shapes[Number(style)].push([
            corner(column + since, row), corner(column + k + 1, row),
            corner(column + k + 1, row + 1), corner(column + since, row + 1)
          ]);
          since = k + 1;
        }
      }
      cell += run[2];
    });
    function find(latlng) {
      var at = polynomial(cells.toCells, latlng.lng, latlng.lat);
      var column = Math.floor(at[0]), row = Math.floor(at[1]);
      var run = (runs[row] || []).filter(function (each) {
        return each.column <= column && column < each.column + each.length;
      })[0];
      return run ? { column: column, row: row, cell: run.cell + column - run.column } : null;
    }
    return { shapes: shapes, find: find };
  }

  function cellPopup(cells, hit) {
    function digits(steps) {
      var value = Math.floor(steps * cells.side / cells.unit), sign = value < 0 ? "-" : "";
      return sign + String(Math.abs(value)).padStart(cells.digits - sign.length, "0");
    }
    var name = cells.code.replace("{east}", digits(hit.column)).replace("{north}", digits(hit.row));
    var minutes = cells.tenths[hit.cell], practice = cells.practice[hit.cell];
    var told = data.cellWords, box = element("div");
    box.className = "popup";
    element("h3", told.cell.replace("{id}", name), box);
    element("p", told.surface, box);
    var rows = element("table", "", box);
    [
      [told.minutes, minutes < 0 ? told.reasons[cells.style[hit.cell]] : format(minutes / 10, 1)],
      [told.practice, practice < 0 ? "" : cells.names[practice]]
    ].forEach(function (pair) {
      if (!pair[1]) { return; }
      var line = element("tr", "", rows);
      element("td", pair[0], line);
      element("td", pair[1], line);
    });
    return box;
  }

  /* draws all cells on one canvas that moves with the map, as Leaflet's own canvas does */
  function surfaceLayer(map, cells) {
    var drawn = surfaceShapes(cells), hatch = canvasHatch();
    var Surface = L.Renderer.extend({
      _initContainer: function () { this._container = document.createElement("canvas"); },
      _destroyContainer: function () { L.DomUtil.remove(this._container); delete this._container; },
      _update: function () {
        if (this._map._animatingZoom && this._bounds) { return; }
        L.Renderer.prototype._update.call(this);
        var bounds = this._bounds, size = bounds.getSize(), sharp = L.Browser.retina ? 2 : 1;
        var canvas = this._container, pen = canvas.getContext("2d");
        L.DomUtil.setPosition(canvas, bounds.min);
        canvas.width = sharp * size.x; canvas.height = sharp * size.y;
        canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
        pen.scale(sharp, sharp);
        pen.translate(-bounds.min.x, -bounds.min.y);
        pen.lineWidth = 0.7;
        var scale = Math.pow(2, map.getZoom()), origin = map.getPixelOrigin();
        drawn.shapes.forEach(function (shapes, index) {
          var fill = data.cellFills[index];
          pen.fillStyle = pen.strokeStyle = fill === "hatch" ? hatch : fill;
          pen.beginPath();
          shapes.forEach(function (ends) {
            var x = ends.map(function (end) { return end.x * scale - origin.x; });
            var y = ends.map(function (end) { return end.y * scale - origin.y; });
            if (Math.max(x[1], x[2]) < bounds.min.x || Math.min(x[0], x[3]) > bounds.max.x ||
                Math.max(y[0], y[1]) < bounds.min.y || Math.min(y[2], y[3]) > bounds.max.y) { return; }
            pen.moveTo(x[0], y[0]);
            for (var k = 1; k < 4; k += 1) { pen.lineTo(x[k], y[k]); }
            pen.closePath();
          });
          pen.fill();
          pen.stroke(); /* hides the seams between neighbours */
        });
      }
    });
    var layer = new Surface({ pane: "surface", padding: 0.2 });
    map.on("click", function (event) {
      var hit = map.hasLayer(layer) ? drawn.find(event.latlng) : null;
      if (hit) {
        map.openPopup(cellPopup(cells, hit), event.latlng, { maxWidth: 330, closeButtonLabel: words.close });
      }
    });
    layer.on("add remove", function (event) {
      map.getContainer().classList.toggle("with-surface", event.type === "add");
    });
    return layer;
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
    if (part.surface) { layers.surface = surfaceLayer(map, part.surface); }
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
