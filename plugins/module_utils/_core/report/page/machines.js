/* Copyright (c) 2026, preflight.azure contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */

// The list of machines: filtered as one array, shown in portions as the reader scrolls.

const PORTION = 100;
const list = byId("list");
const byName = new Intl.Collator("en", { numeric: true });
let matching = [];
let portionsEnd = 0;

function matches(machine) {
  if (state.search && !machine.lower.includes(state.search)) return false;
  if (state.verdict && verdictOf(machine, side()).verdict !== state.verdict) return false;
  if (!state.requirement && !state.severity) return true;
  return machine.findings.some((finding) => {
    const requirement = requirementOf(finding);
    return OPEN_PLACES.has(placeOf(finding))
      && (!state.requirement || requirement.id === state.requirement)
      && (!state.severity || requirement.severity === state.severity);
  });
}

function showMachines() {
  const rank = (machine) => VERDICTS.indexOf(verdictOf(machine, side()).verdict);
  matching = machines.filter(matches);
  matching.sort((one, two) => rank(one) - rank(two) || byName.compare(one.name, two.name));
  list.tBodies[0].replaceChildren();
  portionsEnd = 0;
  byId("other").textContent = "By " + BASELINE_WORDS.get(otherBaseline());
  byId("shown").textContent = matching.length === machines.length
    ? machinesText(machines.length)
    : NUMBER.format(matching.length) + " of " + machinesText(machines.length);
  showPortion(PORTION);
}

function showPortion(count) {
  const rows = matching.slice(portionsEnd, portionsEnd + count).map(machineRow);
  portionsEnd += rows.length;
  list.tBodies[0].append(...rows);
}

function machineRow(machine) {
  const verdict = verdictOf(machine, side()).verdict;
  const other = verdictOf(machine, 1 - side()).verdict;
  const row = el("tr", {});
  row.append(
    el("td", {}, badge(verdict, VERDICT_WORDS.get(verdict))),
    el("td", {}, expandable(machine.name, row, 5, () => machineDetails(machine))),
    el("td", { class: "word" }, other === verdict ? el("span", { class: "quiet" }, "the same") : badge(other, VERDICT_WORDS.get(other))),
    el("td", {}, ...decides(machine)),
    el("td", {}, machine.collected.replace("T", " ").replace(/([.]\d+)?Z$/, "")),
  );
  return row;
}

function decides(machine) {
  if (machine.extras.error) return [machine.extras.error];
  const titles = [];
  for (const place of DECISIVE_PLACES) {
    for (const finding of machine.findings) {
      if (placeOf(finding) === place) titles.push(requirementOf(finding).title);
    }
  }
  if (!titles.length) {
    const warnings = machine.findings.filter((finding) => placeOf(finding) === "warning").length;
    return warnings ? [el("span", { class: "quiet" }, warnings === 1 ? "1 warning" : warnings + " warnings")] : [];
  }
  const more = titles.length > 2 ? [el("span", { class: "quiet" }, " and " + (titles.length - 2) + " more")] : [];
  return [titles.slice(0, 2).join("; "), ...more];
}

function startMachines() {
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && portionsEnd < matching.length) showPortion(PORTION);
  }, { rootMargin: "800px" }).observe(byId("more"));
  // Paper does not scroll.
  window.addEventListener("beforeprint", () => showPortion(matching.length));
}
