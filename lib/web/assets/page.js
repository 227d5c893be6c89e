// SPDX-License-Identifier: MIT
// What pages do better with JavaScript; each works without.
"use strict";

// Buttons that copy the value of a field: <button data-copy="id of the field" hidden>.
function copyButtons(root) {
	for (const button of root.querySelectorAll("[data-copy]")) {
		const field = document.getElementById(button.dataset.copy);
		const text = button.textContent;
		button.hidden = false;
		button.addEventListener("click", async () => {
			field.select();
			try {
				await navigator.clipboard.writeText(field.value);
			} catch {
				document.execCommand("copy"); // no clipboard without https
			}
			button.textContent = "Copied";
			setTimeout(() => { button.textContent = text; }, 2000);
		});
	}
}

// Fields filled from the address: <input data-fragment="name"> takes #name=…, which is then cleared away.
function fragmentFields() {
	const given = new URLSearchParams(location.hash.slice(1));
	for (const field of document.querySelectorAll("[data-fragment]")) {
		const value = given.get(field.dataset.fragment);
		if (!value)
			continue;
		field.value = value;
		history.replaceState(null, "", location.pathname + location.search);
		for (const part of document.querySelectorAll("[data-without-fragment]"))
			part.hidden = true;
		for (const part of document.querySelectorAll("[data-with-fragment]"))
			part.hidden = false;
	}
}

function isInUse(part) {
	const selection = document.getSelection();
	return part.contains(document.activeElement) || (!selection.isCollapsed && part.contains(selection.anchorNode));
}

// Of all that changes only [data-signal] is said aloud: in the element that data-announce names.
function announce(part) {
	const place = document.getElementById(part.dataset.announce);
	const signal = part.querySelector("[data-signal]");
	if (place && signal && place.textContent !== signal.dataset.signal)
		place.textContent = signal.dataset.signal;
}

// Parts that are loaded again: <div data-refresh="URL of a fragment" data-seconds="5">.
function refreshParts() {
	for (const part of document.querySelectorAll("[data-refresh]")) {
		let shown = part.innerHTML.trim();
		const load = async () => {
			if (!document.hidden) {
				try {
					const answer = await fetch(part.dataset.refresh, { credentials: "same-origin" });
					if (answer.status === 401 || answer.status === 404)
						return; // signed out: what is shown stays, a reload tells
					const text = answer.ok ? (await answer.text()).trim() : shown;
					if (text !== shown && !isInUse(part)) {
						part.innerHTML = shown = text;
						copyButtons(part);
						announce(part);
					}
				} catch {
					// the server cannot be reached now; the next time may do
				}
			}
			setTimeout(load, 1000 * Number(part.dataset.seconds));
		};
		setTimeout(load, 1000 * Number(part.dataset.seconds));
	}
	for (const part of document.querySelectorAll("[data-without-script]"))
		part.hidden = true;
}

copyButtons(document);
fragmentFields();
refreshParts();
