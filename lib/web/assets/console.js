// SPDX-License-Identifier: MIT
// What the console does better with JavaScript; each page works without.
"use strict";

// Buttons that copy a text beside them: <button data-copy-text="..." hidden>.
for (const button of document.querySelectorAll("[data-copy-text]")) {
	const label = button.textContent;
	if (!navigator.clipboard)
		continue; // no https: the text can be marked
	button.hidden = false;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(button.dataset.copyText);
		button.textContent = "Copied";
		setTimeout(() => { button.textContent = label; }, 2000);
	});
}

// "/" goes to the search, unless something is being typed.
document.addEventListener("keydown", (event) => {
	const field = document.getElementById("find");
	if (event.key !== "/" || !field || event.ctrlKey || event.metaKey || event.altKey)
		return;
	if (event.target.closest("input, textarea, select, [contenteditable]"))
		return;
	event.preventDefault();
	field.focus();
	field.select();
});
