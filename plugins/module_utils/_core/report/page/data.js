/* Copyright (c) 2026, preflight.azure contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */

// What fold.py folded, and the small tools that all parts of the page use. Text only ever becomes text nodes.

const data = JSON.parse(document.getElementById("data").textContent);
const BASELINES = data.baselines.map(([name]) => name);
const VERDICTS = data.verdictWords.map(([name]) => name);
const VERDICT_WORDS = new Map(data.verdictWords.map(([name, word]) => [name, word]));
const BASELINE_WORDS = new Map(data.baselines);
const OPEN_PLACES = new Set(["blocking", "fixable", "unproven", "warning"]);
const DECISIVE_PLACES = ["blocking", "unproven", "fixable"];
const NUMBER = new Intl.NumberFormat("en");

const machines = data.machines.map(([name, verdicts, findings, collected, extras]) =>
  ({ name, lower: name.toLowerCase(), verdicts, findings, collected, extras }));
const state = { baseline: data.baseline, search: "", verdict: "", requirement: "", severity: "" };

const side = () => BASELINES.indexOf(state.baseline);
const otherBaseline = () => BASELINES[1 - side()];
const byId = (id) => document.getElementById(id);
const machinesText = (count) => (count === 1 ? "1 machine" : NUMBER.format(count) + " machines");

// The positions in these arrays are the contract with fold.py.
const requirementOf = (finding) => data.requirements[data.findings[finding][0]];
const placeOf = (finding) => data.places[data.findings[finding][3 + side()]];

function outcomeOf(finding, which) {
  const [status, required, observed, reason, standing, note] = data.outcomes[data.findings[finding][1 + which]];
  const text = (index) => data.texts[index];
  return { status, required: text(required), observed: text(observed), reason: text(reason), standing, note: text(note) };
}

const waiverOf = (finding) => data.texts[data.findings[finding][5]];
const evidenceOf = (finding) => data.texts[data.findings[finding][6]];

function verdictOf(machine, which) {
  const [verdict, permissions, notJudged] = data.verdicts[machine.verdicts[which]];
  return { verdict, permissions, notJudged };
}

// el("p", {class: "quiet"}, "text", child, ...): attributes never come from machines.
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function badge(status, word) {
  return el("span", { class: "badge " + status }, word);
}
