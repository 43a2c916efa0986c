"""What is asked of a page in other circumstances: enlarged, with wider text, on paper, without movement, without its colours, by keyboard."""

from typing import Any

from django.conf import settings
from django.test import Client as Browser

from casework.accounts.models import User
from tests.browser import opened

# What WCAG 1.4.12 lets a reader set; nothing may be lost by it.
WIDE_TEXT = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }"

# Words that end where their box does, though there are more of them; and controls that lie on each other.
CUT = """() => {
    const seen = (it) => it.checkVisibility({opacityProperty: true, visibilityProperty: true}) && !it.closest(".visually-hidden, .skip-link, svg");
    const found = [];
    for (const it of document.body.querySelectorAll("*")) {
        if (!seen(it) || ["TEXTAREA", "INPUT", "SELECT"].includes(it.tagName) || !it.textContent.trim() || it.clientWidth <= 1) continue;
        const style = getComputedStyle(it);
        const hides = (way) => ["hidden", "clip"].includes(way);
        if (hides(style.overflowX) && it.scrollWidth > it.clientWidth + 1) found.push(`cut at the side: ${it.outerHTML.slice(0, 120)}`);
        if (hides(style.overflowY) && it.scrollHeight > it.clientHeight + 1) found.push(`cut below: ${it.outerHTML.slice(0, 120)}`);
    }
    const controls = Array.from(document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")).filter(seen);
    // A link that goes on in the next line is two boxes: what stands beside it lies between them, not on it.
    const boxes = controls.map((it) => Array.from(it.getClientRects()));
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 4 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    for (let i = 0; i < controls.length; i++) for (let j = i + 1; j < controls.length; j++) {
        if (!boxes[i].some((a) => boxes[j].some((b) => meet(a, b)))) continue;
        const inline = getComputedStyle(controls[i]).display === "inline" && getComputedStyle(controls[j]).display === "inline";
        if (!inline && !controls[i].contains(controls[j]) && !controls[j].contains(controls[i]))
            found.push(`on each other: ${controls[i].outerHTML.slice(0, 90)} and ${controls[j].outerHTML.slice(0, 90)}`);
    }
    return found;
}"""

# Printers leave grounds out: what is written must be dark enough on white paper, and grey paper shows no colours.
FAINT = """() => {
    const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const light = (part) => { part /= 255; return part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4; };
    while (walker.nextNode()) {
        const it = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !it.checkVisibility() || it.closest(".print-across, .visually-hidden, script")) continue;
        const style = getComputedStyle(it), ink = it.closest("svg") ? style.fill : style.color;
        const [r, g, b, alpha = 1] = (ink.match(/[\\d.]+/g) || []).map(Number);
        if (r === undefined || alpha === 0) continue;
        const contrast = 1.05 / (.2126 * light(r) + .7152 * light(g) + .0722 * light(b) + .05);
        if (contrast < 4.5) found.add(`${contrast.toFixed(1)}: ${it.outerHTML.slice(0, 120)}`);
    }
    return Array.from(found);
}"""

# A state that its colour alone would tell.
WORDLESS = """() => Array.from(document.querySelectorAll(
    ".deadline, .standing, .risk, .review-marker, .restricted, .priority-high, .priority-urgent, .trip-answer, .home-late, .home-bad, .order-marker, .count, [class*=cell-]"))
    .filter((it) => it.checkVisibility() && !it.textContent.trim() && !it.querySelector("title") && !it.getAttribute("aria-label"))
    .map((it) => it.outerHTML.slice(0, 120))"""

MOVES = """() => {
    const found = [];
    for (const it of document.querySelectorAll("*")) for (const part of [null, "::before", "::after"]) {
        const style = getComputedStyle(it, part);
        const lasts = [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].some((each) => parseFloat(each) > 0);
        const moves = style.transitionProperty !== "none" || style.animationName !== "none";
        if (lasts && moves || style.scrollBehavior === "smooth") found.push(`${part ?? ""} ${it.outerHTML.slice(0, 100)}`);
    }
    return found;
}"""

# What holds the focus, and whether one sees that it does.
FOCUS = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const style = getComputedStyle(it), box = it.getBoundingClientRect();
    const has = (width, kind) => kind !== "none" && parseFloat(width) >= 2;
    const drawn = has(style.outlineWidth, style.outlineStyle) && !/, 0\\)$|transparent/.test(style.outlineColor) || style.boxShadow !== "none";
    const name = it.getAttribute("aria-label") || Array.from(it.labels || [], (each) => each.innerText).join(" ") || it.innerText || it.value || "";
    return {tag: it.tagName, id: it.id, name: name.trim(), type: it.type || "", field: it.name || "", value: it.value || "", isSeen: drawn && box.width > 1 && box.bottom > 0 && box.top < innerHeight};
}"""

ASKED_OF_LISTENERS = (
    "button",
    "link",
    "textbox",
    "searchbox",
    "combobox",
    "checkbox",
    "radio",
    "listbox",
    "DisclosureTriangle",
)


def came_in(browser: Any, site: str, user: User, **options: Any) -> Any:
    """Return a page of somebody who is signed in already."""
    session = Browser()
    session.force_login(user)
    page = opened(browser, "about:blank", **options)
    value = session.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
    return page


def nameless(page: Any) -> list[str]:
    """Return what a screen reader would meet without being able to say what it is."""
    tools = page.context.new_cdp_session(page)
    nodes = tools.send("Accessibility.getFullAXTree")["nodes"]
    tools.detach()
    asked = [it for it in nodes if not it["ignored"] and it.get("role", {}).get("value") in ASKED_OF_LISTENERS]
    assert asked
    return [f"{it['role']['value']} {it['nodeId']}" for it in asked if not it.get("name", {}).get("value", "").strip()]


class Keys:
    """Somebody who has a keyboard and nothing else. At each step they see where they are."""

    def __init__(self, page: Any) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    @property
    def focus(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self.page.evaluate(FOCUS)
        assert found is not None, f"the focus is nowhere: {self.page.url}"
        return found

    def tab_to(self, *, name: str = "", field: str = "", tag: str = "", most: int = 160) -> dict[str, Any]:
        """Press Tab until the focus is on what has this name, or is this field; see it at each step."""
        for _step in range(most):
            self.press("Tab")
            here: dict[str, Any] | None = self.page.evaluate(FOCUS)
            if here is None:  # the browser's own bar, between the end of the page and its beginning
                continue
            assert here["isSeen"], (self.page.url, here)
            if ((name and here["name"].startswith(name)) or (field and here["field"] == field)) and tag in (
                "",
                here["tag"],
            ):
                return here
        raise AssertionError(f"{name or field} is not reached on {self.page.url}")

    def type(self, field: str, text: str) -> None:
        self.tab_to(field=field)
        self.page.keyboard.type(text)

    def choose(self, field: str, value: str) -> None:
        """Choose in a list by the arrow keys."""
        self.tab_to(field=field)
        for _step in range(400):
            if self.focus["value"] == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{field} has no {value}")

    def open(self, **what: str) -> None:
        """Go to what leads to another page, and press Enter."""
        self.tab_to(**what)
        with self.page.expect_navigation():
            self.press("Enter")
