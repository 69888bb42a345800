/* Copyright (c) 2026, preflight.azure contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */

// The other direction: each requirement, and the machines that it holds back.

const NAMES_PORTION = 200;

function countRequirements() {
  const rows = new Map();
  const uses = new Uint32Array(data.findings.length);
  for (const machine of machines) for (const finding of machine.findings) uses[finding] += 1;
  for (const [finding, times] of uses.entries()) {
    if (!times) continue;
    const requirement = requirementOf(finding);
    if (!rows.has(requirement.id)) {
      rows.set(requirement.id, { requirement, fail: 0, unknown: 0, waived: 0, pass: 0, not_applicable: 0 });
    }
    rows.get(requirement.id)[columnOf(finding)] += times;
  }
  const weight = { blocker: 0, warning: 1, information: 2 };
  return [...rows.values()].sort((one, two) =>
    weight[one.requirement.severity] - weight[two.requirement.severity]
    || two.fail - one.fail || two.unknown - one.unknown
    || byName.compare(one.requirement.id, two.requirement.id));
}

function columnOf(finding) {
  if (placeOf(finding) === "waived") return "waived";
  const status = outcomeOf(finding, side()).status;
  return status === "manual" ? "unknown" : status;
}

function showRequirements() {
  const table = document.querySelector("#requirements table");
  table.tBodies[0].replaceChildren(...countRequirements().map(requirementRow));
}

function requirementRow(counts) {
  const requirement = counts.requirement;
  const row = el("tr", {});
  const number = (name, style) => el("td", { class: "count" },
    counts[name] ? el("span", { class: style }, NUMBER.format(counts[name])) : el("span", { class: "quiet" }, "–"));
  row.append(
    el("td", {}, expandable(requirement.title, row, 7, () => requirementDetails(requirement)), " ",
      el("span", { class: "id" }, requirement.id)),
    el("td", {}, requirement.severity),
    number("fail", "badge fail"), number("unknown", "badge unknown"), number("waived", ""), number("pass", ""),
    number("not_applicable", ""),
  );
  return row;
}

function requirementDetails(requirement) {
  const rows = [];
  const row = (name, text) => text && rows.push(el("dt", {}, name), el("dd", { class: "lines" }, text));
  row("Otherwise", requirement.consequence);
  row("What to do", requirement.remedy);
  row("Fix", requirement.fix);
  const box = el("div", {}, el("dl", {}, ...rows), furtherDetails(requirement, ""));
  const affected = { fail: [], unknown: [], waived: [] };
  for (const machine of machines) {
    for (const finding of machine.findings) {
      const column = columnOf(finding);
      if (requirementOf(finding).id === requirement.id && affected[column]) affected[column].push([machine, finding]);
    }
  }
  for (const [column, words] of [["fail", "Fails on "], ["unknown", "Unknown on "], ["waived", "Accepted on "]]) {
    if (affected[column].length) {
      box.append(el("h3", {}, words + machinesText(affected[column].length)), affectedList(affected[column]));
    }
  }
  if (affected.fail.length + affected.unknown.length) {
    box.append(el("button", { type: "button", class: "plainbutton", onclick: () => filterBy({ requirement: requirement.id }) },
      "Show them in the list of machines"));
  }
  return box;
}

function affectedList(pairs) {
  const lines = el("ul", { class: "brief" });
  let end = 0;
  const more = el("button", { type: "button", class: "plainbutton", onclick: () => portion() }, "");
  const portion = () => {
    lines.append(...pairs.slice(end, end + NAMES_PORTION).map(([machine, finding]) => affectedLine(machine, finding)));
    end = Math.min(end + NAMES_PORTION, pairs.length);
    more.textContent = "Show more (" + NUMBER.format(pairs.length - end) + ")";
    more.hidden = end === pairs.length;
  };
  portion();
  return el("div", {}, lines, more);
}

function affectedLine(machine, finding) {
  const outcome = outcomeOf(finding, side());
  return el("li", {}, el("bdi", {}, machine.name), " ",
    el("span", { class: "quiet" }, outcome.status === "fail" ? "found: " + outcome.observed : outcome.reason));
}
