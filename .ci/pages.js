// SPDX-License-Identifier: MIT
/*
 * The pages in a browser: each in a wide and a narrow window, light and dark, with JavaScript and without. axe-core
 * must find nothing, nothing may be wider than the window, and no policy be violated; the screenshots are for people
 * to look at. Run by .ci/pages.
 */
"use strict";

const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const [modules, folder] = process.argv.slice(2);
const base = process.env.ROLLCALL_URL;
const patience = 150000; // milliseconds: what takes longer hangs
const windows = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

let passed = 0, failed = 0;

function check(good, what) {
	if (good) {
		passed++;
	} else {
		failed++;
		console.log(`FAILED: ${what}`);
	}
}

function finish() {
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}

// --- what the pages show ---

// The answer's JSON; anything but success ends the run.
async function ask(method, target, body, secret = process.env.ROLLCALL_API_KEY) {
	const answer = await fetch(base + target, {
		method, body: body && JSON.stringify(body),
		headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json", "User-Agent": "Microsoft Azure AD SCIM provisioning 1.0.0" },
	});
	const text = await answer.text();
	if (!answer.ok)
		throw new Error(`${method} ${target}: ${answer.status} ${text}`);
	return text ? JSON.parse(text) : null;
}

async function makeOrganization(name) {
	return (await ask("POST", "/v1/organizations", { displayName: name })).organization.id;
}

async function makeDirectory(organization) {
	return (await ask("POST", "/v1/scim-directories", { organizationId: organization })).scimDirectory.id;
}

async function makeLink(organization) {
	return (await ask("POST", "/v1/setup-urls", { organizationId: organization, canManageScim: true })).url;
}

// The cookie of a setup session.
async function redeem(link) {
	const answer = await fetch(`${base}/setup`, {
		method: "POST", redirect: "manual", body: new URLSearchParams({ token: link }),
	});
	return answer.headers.get("set-cookie").split(";")[0];
}

// Some of all that may happen: users, a group, a look-up, refusals, wrong tokens.
async function useDirectory(directory) {
	const { bearerToken } = await ask("POST", `/v1/scim-directories/${directory}/rotate-bearer-token`, {});
	const scim = `/v1/scim/${directory}`;
	const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ada@acme.example", active: true };
	const made = await ask("POST", `${scim}/Users`, user, bearerToken);
	const send = (method, target, body, secret = bearerToken) => ask(method, scim + target, body, secret).catch(() => null);
	await send("POST", "/Users", { ...user, userName: "grace@acme.example" });
	await send("POST", "/Groups", {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "Engineering", members: [{ value: made.id }],
	});
	await send("GET", "/Users?filter=userName%20eq%20%22nobody-with-a-rather-long-name%40acme.example%22&startIndex=1&count=100");
	await send("POST", "/Users", user);
	await send("PATCH", "/Users/scim_user_0000000000000000000000000", {
		schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path: "active", value: false }],
	});
	// SCIM 1.1, by whom the token is taken too
	await ask("POST", "/api/directory/user", { userName: "alan@acme.example" }, bearerToken).catch(() => null);
	await ask("GET", "/api/directory/user?filter=userName%20is%20%22alan%22", undefined, bearerToken).catch(() => null);
	for (let i = 0; i < 3; i++)
		await send("GET", "/Users", undefined, bearerToken.slice(0, -4) + "0000");
}

/*
 * The pages that are looked at: name (of the screenshots), address, and the cookie to show. wait: what must be there.
 */
async function setupPages() {
	const organization = await makeOrganization("Acme");
	const link = await makeLink(organization);
	const fresh = await redeem(await makeLink(await makeOrganization("Globex")));
	const cookie = await redeem(link);
	const directory = await makeDirectory(organization);
	const page = `/setup/directories/${directory}`;
	const second = await makeOrganization("Initech");
	const used = await makeDirectory(second);
	const other = await redeem(await makeLink(second));
	await useDirectory(used);
	const many = await makeOrganization("Umbrella");
	await makeDirectory(many);
	await makeDirectory(many);
	return [
		{ name: "setup-link", address: "/setup" },
		{ name: "setup-unknown", address: "/setup/directory" },
		{ name: "setup-begin", address: "/setup/directory", cookie: fresh },
		{ name: "setup-choice", address: "/setup/directory", cookie: await redeem(await makeLink(many)) },
		{ name: "setup-before", address: page, cookie },
		{ name: "setup-guide", address: `${page}?provider=okta`, cookie },
		{ name: "setup-guide1", address: `${page}?provider=pingfederate`, cookie },
		{ name: "setup-older", address: `${page}?provider=other`, cookie, open: "details:has(#account)" },
		{ name: "setup-after", address: `/setup/directories/${used}?provider=entra`, cookie: other, wait: ".signal.good" },
		{ name: "setup-missing", address: "/setup/directories/none", cookie },
	];
}

// The cookie of a console session.
async function signIn() {
	const answer = await fetch(`${base}/console/sign-in`, {
		method: "POST", redirect: "manual", body: new URLSearchParams({ key: process.env.ROLLCALL_API_KEY }),
	});
	return answer.headers.get("set-cookie").split(";")[0];
}

// The first id of a kind in a page of the console.
async function firstId(cookie, address, kind) {
	const text = await (await fetch(base + address, { headers: { Cookie: cookie } })).text();
	return text.match(new RegExp(`${address.split("?")[0]}/(${kind}_[0-9a-z]{25})`))[1];
}

async function consolePages() {
	const organization = await makeOrganization("Hooli");
	await ask("PATCH", `/v1/organizations/${organization}`, { externalId: `hooli-${Date.now()}`, domains: ["hooli.example"] });
	const directory = await makeDirectory(organization);
	await useDirectory(directory);
	await makeDirectory(organization);
	const cookie = await signIn();
	const page = `/console/directories/${directory}`;
	const [user, group, request, request1] = [await firstId(cookie, `${page}/users`, "scim_user"),
		await firstId(cookie, `${page}/groups`, "scim_group"), await firstId(cookie, `${page}/requests?status=error&method=POST`, "scim_request"),
		await firstId(cookie, `${page}/requests?text=/api/directory/user%3Ffilter`, "scim_request")];
	return [
		{ name: "console-sign-in", address: "/console/sign-in" },
		{ name: "console-overview", address: "/console", cookie },
		{ name: "console-search", address: "/console/search?q=ada@acme.example", cookie },
		{ name: "console-organizations", address: "/console/organizations", cookie },
		{ name: "console-organization", address: `/console/organizations/${organization}`, cookie },
		{ name: "console-directory", address: page, cookie, wait: ".chart rect", open: "details:has(#account)" },
		{ name: "console-users", address: `${page}/users`, cookie },
		{ name: "console-user", address: `${page}/users/${user}`, cookie },
		{ name: "console-groups", address: `${page}/groups`, cookie },
		{ name: "console-group", address: `${page}/groups/${group}`, cookie },
		{ name: "console-requests", address: `${page}/requests`, cookie },
		{ name: "console-request", address: `${page}/requests/${request}`, cookie, wait: "#curl" },
		{ name: "console-request1", address: `${page}/requests/${request1}`, cookie, wait: "#curl" },
		{ name: "console-events", address: "/console/events", cookie },
		{ name: "console-webhooks", address: "/console/webhooks", cookie },
		{ name: "console-keys", address: "/console/keys", cookie },
		{ name: "console-audit", address: "/console/audit", cookie },
		{ name: "console-missing", address: "/console/organizations/none", cookie },
	];
}

// --- in the browser ---

// A page in a window of its own; all that goes wrong in it is noted.
async function openPage(browser, size, scheme, script, cookie) {
	const context = await browser.createBrowserContext();
	const page = await context.newPage();
	page.setDefaultTimeout(patience);
	page.troubles = [];
	page.on("pageerror", (error) => page.troubles.push(String(error)));
	page.on("console", (message) => {
		if (["error", "warn"].includes(message.type()) && !/status of 4\d\d/.test(message.text()))
			page.troubles.push(message.text());
	});
	await page.setViewport(size);
	await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
	await page.setJavaScriptEnabled(script);
	if (cookie) {
		const [name, value] = cookie.split("=");
		await context.setCookie({ name, value, domain: new URL(base).hostname, path: "/", httpOnly: true });
	}
	return page;
}

async function inspect(page, what, axe, script) {
	const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
	check(width[0] <= width[1], `${what}: ${width[0]} pixels wide in a window of ${width[1]}`);
	check(!page.troubles.length, `${what}: ${page.troubles.join("; ")}`);
	if (!script)
		return; // axe-core is a script itself
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run());
	check(!violations.length, `${what}: ${violations.map((v) =>
		`${v.id} at ${v.nodes.map((node) => node.target.join(" ")).join(", ")}`).join("; ")}`);
}

// [window, scheme, script]: every width, every scheme, with and without JavaScript; PAGES=all: every combination.
function* views() {
	if (process.env.PAGES !== "all") {
		yield* [["desktop", "light", true], ["phone", "dark", true], ["desktop", "dark", false]];
		return;
	}
	for (const name of Object.keys(windows))
		for (const scheme of ["light", "dark"])
			for (const script of [true, false])
				yield [name, scheme, script];
}

async function look(browser, entry, axe) {
	for (const [name, scheme, script] of views()) {
		const what = [entry.name, name, scheme, ...script ? [] : ["plain"]].join("-");
		const page = await openPage(browser, windows[name], scheme, script, entry.cookie);
		await page.goto(base + entry.address);
		if (entry.open)
			await page.$$eval(entry.open, (all) => all.forEach((one) => { one.open = true; }));
		if (entry.wait)
			check(await page.$(entry.wait), `${what}: no ${entry.wait}`);
		await inspect(page, what, axe, script);
		await page.screenshot({ path: path.join(folder, `${what}.png`), fullPage: true });
		await page.browserContext().close();
	}
}

// What the IT admin does, from the link to the green lamp, and that nothing needs a second look.
async function walk(browser, script, axe) {
	const what = script ? "walk" : "walk-plain";
	const page = await openPage(browser, windows.desktop, "light", script);
	const link = await makeLink(await makeOrganization("Walker"));
	await page.goto(link);
	if (script) {
		await page.waitForSelector("[data-with-fragment]:not([hidden])");
		check(page.url() === `${base}/setup`, `${what}: the address keeps the token`);
	} else {
		await page.type("#token", link);
	}
	const press = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
	await press("main form button");
	check((await page.title()).startsWith("Set up"), `${what}: the link leads to ${page.url()}`);
	await press("main form button");
	await press(".choices a[href*=okta]");
	await press("form[action*=token] button");
	const [url, token] = await Promise.all(["#url", "#token"].map((field) => page.$eval(field, (f) => f.value)));
	await inspect(page, what, axe, script);
	await page.screenshot({ path: path.join(folder, `${what}-token.png`), fullPage: true });
	const answer = await fetch(`${url}/Users`, { headers: { Authorization: `Bearer ${token}` } });
	check(answer.status === 200, `${what}: the shown token is answered ${answer.status}`);
	if (!script)
		await press("[data-without-script] a").catch(() => page.reload());
	const green = await page.waitForSelector(".signal.good").catch(() => null);
	check(green, `${what}: the lamp stays grey`);
	if (script)
		check(await page.$eval("#said", (said) => said.textContent) === "Connected", `${what}: nothing is said aloud`);
	await press(".top form button");
	await page.goto(`${base}/setup/directory`);
	check((await page.title()).startsWith("Please sign in"), `${what}: still signed in`);
	await page.browserContext().close();
}

async function main() {
	const load = createRequire(path.join(modules, "package.json"));
	const axe = fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
	const browser = await load("puppeteer-core").launch({
		executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"], timeout: patience, protocolTimeout: patience,
	});
	try {
		for (const entry of [...await setupPages(), ...await consolePages()])
			await look(browser, entry, axe);
		await walk(browser, true, axe);
		await walk(browser, false, axe);
	} finally {
		await browser.close();
	}
	finish();
}

main().catch((error) => {
	console.error(error);
	failed++;
	finish();
});
