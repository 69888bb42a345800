/* Copyright (c) 2026, preflight.azure contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */

// Puts the parts together: tabs, filters, the choice of the baseline.

const parts = [...document.querySelectorAll("section[data-part]")];
const controls = { search: byId("search"), verdict: byId("verdict"), requirement: byId("requirement"), severity: byId("severity") };

function showPart(name) {
  for (const part of parts) part.hidden = part.id !== name;
  for (const button of document.querySelectorAll("#tabs button")) {
    if (button.dataset.part === name) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  if (name === "requirements") showRequirements();
}

function currentPart() {
  return parts.find((part) => !part.hidden).id;
}

function filterBy(wanted) {
  Object.assign(state, { search: "", verdict: "", requirement: "", severity: "" }, wanted);
  for (const [name, control] of Object.entries(controls)) control.value = state[name];
  showMachines();
  showPart("machines");
}

function chooseBaseline(name) {
  state.baseline = name;
  for (const row of document.querySelectorAll(".overview tr[data-baseline]")) {
    row.classList.toggle("chosen", row.dataset.baseline === name);
    row.querySelector("input").checked = row.dataset.baseline === name;
  }
  showMachines();
  showFleet();
  if (currentPart() === "requirements") showRequirements();
}

function showFleet() {
  const section = byId("fleet");
  while (section.childElementCount > 1) section.lastElementChild.remove();
  section.append(...data.fleet.map((finding) => findingCard({ extras: {} }, placeOf(finding), finding)));
  document.querySelector('#tabs button[data-part="fleet"]').hidden = !data.fleet.length;
}

function fillChoices(select, all, choices) {
  select.append(el("option", { value: "" }, all), ...choices.map(([value, word]) => el("option", { value }, word)));
}

function start() {
  const requirements = new Map(data.requirements.map((requirement) => [requirement.id, requirement.title]));
  fillChoices(controls.verdict, "all", data.verdictWords);
  fillChoices(controls.severity, "all", ["blocker", "warning", "information"].map((word) => [word, word]));
  fillChoices(controls.requirement, "any requirement",
    [...requirements].sort((one, two) => byName.compare(one[0], two[0])).map(([id, title]) => [id, id + ": " + title]));
  for (const [name, control] of Object.entries(controls)) {
    control.addEventListener("input", () => {
      state[name] = name === "search" ? control.value.trim().toLowerCase() : control.value;
      showMachines();
    });
  }
  byId("filters").addEventListener("reset", (event) => { event.preventDefault(); filterBy({}); });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const row of document.querySelectorAll(".overview tr[data-baseline]")) {
    row.querySelector("input").addEventListener("change", () => chooseBaseline(row.dataset.baseline));
    for (const link of row.querySelectorAll("a[data-verdict]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        chooseBaseline(row.dataset.baseline);
        filterBy({ verdict: link.dataset.verdict });
      });
    }
  }
  for (const link of document.querySelectorAll("a[data-part]")) {
    link.addEventListener("click", () => showPart(link.dataset.part));
  }
  byId("tabs").addEventListener("click", (event) => {
    if (event.target.dataset.part) showPart(event.target.dataset.part);
  });
  for (const element of [byId("tabs"), byId("filters"), list, document.querySelector("#requirements table")]) {
    element.hidden = false;
  }
  startMachines();
  showPart("machines");
  chooseBaseline(state.baseline);
}

start();
