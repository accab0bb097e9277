/* Feasible visits: sentences of the pop-ups, built from codes, and the bars of the barriers. Text is only ever set as text. */
var geoaccessVisits = (function () {
  "use strict";

  /* fills {names} in one pass, so that braces in a value stay as they are */
  function fill(template, values) {
    return template.replace(/\{(\w+)\}/g, function (whole, key) {
      return Object.prototype.hasOwnProperty.call(values, key) ? values[key] : whole;
    });
  }

  /* hours past 24 are of the next day */
  function clock(minutes, nextDay) {
    if (minutes >= 1440) { return clock(minutes - 1440) + (nextDay || ""); }
    return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
  }

  function make(data, format) {
    var visits = data.visits, words = visits ? visits.words : {}, counts = data.siteWords.counts;

    function element(tag, text, parent, name) {
      var made = document.createElement(tag);
      if (text) { made.textContent = text; }
      if (name) { made.className = name; }
      if (parent) { parent.appendChild(made); }
      return made;
    }

    function residents(count) {
      if (count === null) { return counts[0]; }
      return count === 1 ? counts[1] : fill(counts[2], { count: format(count, 0) });
    }

    function minutes(count) {
      return count === 1 ? counts[3] : fill(counts[4], { count: format(count, 0) });
    }

    /* as in percent() of text.py: a share never hides a few people */
    function percent(share) {
      if (share > 0 && share < 0.01) { return "<1%"; }
      if (share > 0.99 && share < 1) { return ">99%"; }
      return Math.round(100 * share) + "%";
    }

    function persons(count) {
      return count > 0 && count < 0.5 ? "<1" : format(Math.round(count), 0);
    }

    function travel(table, row) {
      return fill(data.siteWords.sentences[table.why[row]], {
        name: table.name[row], residents: residents(table.residents[row]),
        practice: data.siteWords.nearest[table.nearest[row]],
        minutes: table.minutes[row] === null ? "" : minutes(table.minutes[row])
      });
    }

    function travelHint(table, row) {
      return table.minutes[row] === null ? data.siteWords.hints[table.why[row]] : minutes(table.minutes[row]);
    }

    function verdict(table, row) {
      var all = table.residents[row], failing = table.failing[row], share = table.share[row];
      var values = { a: visits.a, residents: residents(all) };
      if (share !== null) { values.share = percent(share); }
      if (all === null || failing === null) { return fill(words[share === null ? "verdict_unknown" : "verdict_share"], values); }
      if (all === 0) { return words.verdict_nobody; }
      if (failing <= 0) { return fill(words[all === 1 ? "verdict_one_can" : "verdict_none"], values); }
      if (share !== null && share >= 1 - 1e-9) { return fill(words[all === 1 ? "verdict_one" : "verdict_all"], values); }
      values.failing = persons(failing);
      return fill(words.verdict_some, values);
    }

    function hint(table, row) {
      var said = visits.reasons[table.verdict[row]].label;
      return table.failing[row] > 0 && table.share[row] !== null ? said + " (" + percent(table.share[row]) + ")" : said;
    }

    function swatch(reason, size) {
      var space = "http://www.w3.org/2000/svg", drawing = document.createElementNS(space, "svg");
      var circle = document.createElementNS(space, "circle");
      [["width", size], ["height", size], ["aria-hidden", "true"], ["class", "reason-dot"]].forEach(function (pair) {
        drawing.setAttribute(pair[0], pair[1]);
      });
      [["cx", size / 2], ["cy", size / 2], ["r", size / 2 - 1], ["fill", visits.reasons[reason].fill], ["stroke", "#333"]]
        .forEach(function (pair) { circle.setAttribute(pair[0], pair[1]); });
      drawing.appendChild(circle);
      return drawing;
    }

    /* one value of a column of people: a column in which all are the same is one number */
    function value(people, name, k) {
      var column = people[name];
      return Array.isArray(column) ? column[k] : column;
    }

    function practice(index) { return index < 0 ? "" : visits.practices[index]; }

    function best(people, k) {
      var leave = value(people, "leave", k), home = value(people, "home", k), at = value(people, "practice", k);
      var days = value(people, "days", k), said = "";
      if (days > 0) { said = days === 1 ? words.days_one : fill(words.days_more, { count: days }); }
      if (leave < 0 || home < 0) { return said; }
      return (said + " " + fill(words[visits.atWork[at] ? "visit_at_work" : "visit"], {
        day: visits.days[value(people, "day", k)], leave: clock(leave, words.next_day), home: clock(home, words.next_day),
        minutes: minutes(home - leave), practice: practice(at)
      })).trim();
    }

    function mend(people, k) {
      var fix = value(people, "fix", k), lost = value(people, "lost", k), said = "";
      if (fix >= 0) {
        var text = fill(visits.fixes[fix], { p: practice(value(people, "fixPractice", k)) });
        /* the words of "none" say by themselves that nothing helps */
        var nothing = words.nothing.slice(0, -1);
        if (text.toLowerCase().indexOf(nothing.toLowerCase()) === 0) { said = nothing + text.slice(nothing.length) + "."; }
        else { said = fill(words[value(people, "enough", k) ? "helps" : "first"], { fix: text }); }
      }
      if (lost > 0) {
        said += " " + fill(words.lost, {
          minutes: minutes(lost), practice: practice(value(people, "lostPractice", k)),
          day: visits.dayNames[value(people, "lostDay", k)]
        });
      }
      return said.trim();
    }

    function who(people, k) {
      var said = [visits.groups[value(people, "group", k)] || ""], shift = value(people, "shift", k);
      var kind = value(people, "people", k), count = value(people, "persons", k);
      if (shift >= 0 && visits.shifts[shift]) { said.push(fill(words.shift, { shift: visits.shifts[shift] })); }
      if (kind) { said.push(kind === 1 ? words.registered : words.unregistered); }
      if (count !== null) {
        var text = persons(count);
        said.push(text === "1" ? words.persons_failing_one : fill(words.persons_failing, { count: text }));
      }
      return said.filter(Boolean).join(", ");
    }

    function groups(table, people, row, box) {
      var list = element("ul", "", box, "people"), before = -1, said = "";
      for (var k = people.first[row]; k < people.first[row + 1]; k += 1) {
        var reason = value(people, "reason", k), line = element("li", "", list);
        var feasible = reason === visits.reasons.length - 1;
        line.appendChild(swatch(reason, 13));
        element("b", who(people, k), line);
        if (reason !== before) { element("span", visits.reasons[reason].sentence, line); }
        var more = feasible ? best(people, k) : mend(people, k);
        var same = reason === before && more === said;
        if (same || more) { element("span", same ? words.same : more, line, "fix"); }
        before = reason;
        said = more;
      }
      return list.children.length > 0;
    }

    function facts(table, row) {
      var found = [];
      if (table.room) {
        found.push([words.room, table.room[row] < 0 ? words.room_none : fill(words.room_at, {
          practice: practice(table.room[row]), minutes: minutes(table.roomMinutes[row])
        })]);
        if (table.possibleMinutes && table.possibleMinutes[row] !== null) {
          found.push([words.possible, minutes(table.possibleMinutes[row])]);
        }
      }
      if (table.unplaced && table.unplaced[row] > 0) {
        found.push([words.unplaced, fill(words.unplaced_count, { count: persons(table.unplaced[row]) })]);
      }
      if (table.weak && table.weak[row] >= 0 && table.weakShare[row] !== null) {
        found.push([words.weakest, table.weakShare[row] >= 1 ? words.weakest_all : fill(words.weakest_is, {
          care: visits.care[table.weak[row]], share: percent(table.weakShare[row]),
          reason: visits.reasons[table.weakReason[row]].label
        })]);
      }
      return found;
    }

    /* the bars of the barriers for the area that is chosen */
    function cascade(choice) {
      var holder = document.getElementById("cascade"), bars = visits.cascade.bars[choice];
      if (!holder || !bars) { return; }
      Array.prototype.forEach.call(holder.rows, function (line, k) {
        var share = bars[0] > 0 ? 100 * bars[k] / bars[0] : 0, lost = k ? bars[k - 1] - bars[k] : 0;
        line.cells[1].firstChild.style.width = share.toFixed(1) + "%";
        line.cells[2].textContent = persons(bars[k]);
        element("small", lost > 1e-9 ? " (\u2212" + persons(lost) + ")" : "", line.cells[2]);
      });
    }

    function connectCascade() {
      var chooser = document.getElementById("cascade-area");
      if (!chooser) { return { choose: function () {} }; }
      chooser.selectedIndex = 0;
      chooser.addEventListener("change", function () { cascade(Number(chooser.value)); });
      return {
        choose: function (areaRow) {
          var place = areaRow < 0 ? -1 : visits.cascade.rows.indexOf(areaRow);
          if (place > 0) { chooser.value = String(place); cascade(place); }
        }
      };
    }

    return {
      fill: fill, travel: travel, travelHint: travelHint, verdict: verdict, hint: hint, groups: groups, facts: facts,
      connectCascade: visits ? connectCascade : function () { return { choose: function () {} }; }
    };
  }

  return { make: make };
}());
