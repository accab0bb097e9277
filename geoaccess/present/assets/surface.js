/* The access surface, and the hatch of canvases. */
var geoaccessSurface = (function () {
  "use strict";

  function make(data, format, element) {
    var words = data.words;

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

    return { hatch: canvasHatch, layer: surfaceLayer };
  }

  return { make: make };
}());
