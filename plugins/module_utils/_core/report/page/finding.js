/* Copyright (c) 2026, preflight.azure contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */

// One machine's details: what blocks it, what is not proven, what fixes repair; the rest folded away.

const GROUPS = [
  ["blocking", "Blocks the move", true],
  ["unproven", "Not proven", true],
  ["fixable", "Fixes can repair", true],
  ["warning", "Warnings and notes", true],
  ["waived", "Accepted by a person", false],
  ["passed", "Passed", false],
  ["not_applicable", "Not applicable", false],
];

function machineDetails(machine) {
  const box = el("div", {});
  const verdict = verdictOf(machine, side());
  if (machine.extras.error) box.append(el("p", { class: "note" }, "Could not be judged: " + machine.extras.error));
  for (const note of machine.extras.notes || []) box.append(el("p", { class: "note" }, note));
  if (verdict.verdict === "ready_after_fix" && verdict.permissions.length) {
    box.append(el("p", {}, "Ready once these fixes have run: ", el("code", {}, verdict.permissions.join("; "))));
  }
  const changes = (machine.extras.changes || [[], []])[side()];
  if (changes.length) {
    box.append(el("h3", {}, "Changed by fixes"), el("ul", { class: "brief" }, ...changes.map(changeLine)));
  }
  const grouped = new Map(data.places.map((place) => [place, []]));
  for (const finding of machine.findings) grouped.get(placeOf(finding)).push(finding);
  for (const [place, title, open] of GROUPS) {
    const findings = grouped.get(place);
    if (findings.length) box.append(findingGroup(machine, place, title + " (" + findings.length + ")", open, findings));
  }
  if (verdict.notJudged) box.append(el("p", { class: "quiet" }, "Not judged yet: " + verdict.notJudged + "."));
  return box;
}

function changeLine([id, before, now]) {
  return el("li", {}, el("span", { class: "id" }, id), " ", badge(before, data.statusWords[before]), " → ",
    badge(now, data.statusWords[now]));
}

function findingGroup(machine, place, title, open, findings) {
  const group = el("details", { class: "group", open: open && "" }, el("summary", {}, title));
  const fill = () => {
    if (group.childElementCount > 1) return;
    if (place === "passed" || place === "not_applicable") {
      group.append(el("ul", { class: "brief" }, ...findings.map((finding) => briefLine(finding))));
    } else {
      group.append(...findings.map((finding) => findingCard(machine, place, finding)));
    }
  };
  if (open) fill();
  else group.addEventListener("toggle", fill);
  return group;
}

function briefLine(finding) {
  const requirement = requirementOf(finding);
  const outcome = outcomeOf(finding, side());
  const text = outcome.status === "pass" ? outcome.observed : outcome.reason || outcome.note;
  return el("li", {}, badge(outcome.status, data.statusWords[outcome.status]), " ", requirement.title, " ",
    el("span", { class: "id" }, requirement.id), text && el("span", { class: "quiet" }, " · " + text));
}

function findingCard(machine, place, finding) {
  const requirement = requirementOf(finding);
  const outcome = outcomeOf(finding, side());
  const rows = [];
  const row = (name, text, kind) => text && rows.push(el("dt", {}, name), el("dd", { class: kind || "lines" }, text));
  if (outcome.status === "fail") row("Found", outcome.observed, "value");
  else row("Why", outcome.reason);
  row("Required", outcome.required);
  if (outcome.standing !== "unchanged") row("Today", outcome.standing + (outcome.note && ": " + outcome.note));
  else row("Note", outcome.note);
  row("Otherwise", requirement.consequence);
  if (outcome.status !== "unknown") row("What to do", requirement.remedy);
  row("Fix", (machine.extras.fixes || {})[requirement.id] || requirement.fix);
  row(outcome.status === "manual" ? "Attested by" : "Accepted by", waiverOf(finding));
  const other = outcomeOf(finding, 1 - side());
  if (other.status !== outcome.status) {
    const words = data.statusWords[other.status] + (other.required !== outcome.required ? " (" + other.required + ")" : "");
    row("By " + BASELINE_WORDS.get(otherBaseline()), words);
  }
  return el("article", { class: "finding " + place },
    el("p", {}, badge(outcome.status, data.statusWords[outcome.status]), " ",
      el("span", { class: "title" }, requirement.title), el("span", { class: "id" }, requirement.id)),
    el("dl", {}, ...rows), furtherDetails(requirement, evidenceOf(finding)));
}

function furtherDetails(requirement, evidence) {
  const rows = [];
  if (evidence) rows.push(el("dt", {}, "Looked at"), el("dd", { class: "lines value" }, evidence));
  if (requirement.why) rows.push(el("dt", {}, "About the fix"), el("dd", { class: "lines" }, requirement.why));
  if (requirement.prevents.length) {
    rows.push(el("dt", {}, "Prevents the errors"), el("dd", {}, requirement.prevents.join(", ")));
  }
  for (const [title, url, dated] of requirement.sources) {
    const name = url ? el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, title) : title;
    rows.push(el("dt", {}, "Source"), el("dd", {}, name, dated && " (" + dated + ")"));
  }
  if (!rows.length) return null;
  return el("details", {}, el("summary", {}, "Evidence and sources"), el("dl", {}, ...rows));
}

// A button in a table row that shows a row of details below it, built when it is first wanted.
function expandable(label, row, columns, build) {
  const button = el("button", { type: "button", class: "open", "aria-expanded": "false" }, el("bdi", {}, label));
  let detail = null;
  button.addEventListener("click", () => {
    if (detail) {
      detail.remove();
      detail = null;
    } else {
      detail = el("tr", { class: "detail" }, el("td", { colspan: columns }, build()));
      row.after(detail);
    }
    button.setAttribute("aria-expanded", String(detail !== null));
  });
  return button;
}
