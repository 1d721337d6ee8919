import Foundation
import Notebooks
import TestSupport
import Testing

/// All hostile texts, rendered, on one page in Chromium: its parser is the one that an attack has to deceive.
@Suite("Hostile text cells in a browser", .serialized, .enabled(if: Browser.isPresent, "Chromium is not installed"))
struct HostilePageTests {
    /// What the browser's parser made of the page: elements, attributes, addresses and sections that should not be there; scripts that ran.
    private static let inspection = """
        (() => {
          const elements = new Set(("p blockquote em strong del ul ol li hr br pre code h1 h2 h3 h4 h5 h6 div table thead tbody tr th td input a span img math semantics annotation mrow mi mn mo " +
            "mspace msub msup msubsup munder mover munderover mfrac msqrt mroot mphantom mstyle mtable mtr mtd section").split(" "));
          const bad = [];
          const all = document.getElementById("all");
          for (const e of all.querySelectorAll("*")) {
            if (!elements.has(e.localName)) bad.push(`<${e.localName}>`);
            for (const a of e.attributes) if (/^(on|style$|srcdoc|srcset|action|formaction|xlink|background|name$|is$)/i.test(a.name)) bad.push(`${a.name} of <${e.localName}>`);
            if (e.localName === "a" && e.hasAttribute("href")) {
              const url = new URL(e.getAttribute("href"), "https://own.invalid/");
              if (!["http:", "https:", "mailto:"].includes(url.protocol)) bad.push(url.href);
              if (url.host !== "own.invalid" && url.protocol !== "mailto:" && !/noreferrer/.test(e.rel)) bad.push(`without rel: ${url.href}`);
            }
            if (e.localName === "img" && !/^data:image.(png|jpeg|gif|webp);base64,/.test(e.src) && new URL(e.getAttribute("src"), "https://own.invalid/").host !== "own.invalid") bad.push(e.src);
            if (e.localName === "input" && (e.type !== "checkbox" || !e.disabled)) bad.push("an input");
          }
          const sections = [...all.children].filter(e => e.localName === "section").map(e => e.id).join();
          const outside = [...document.body.children].filter(e => e !== all).map(e => e.localName);
          const foreign = performance.getEntriesByType("resource").map(e => e.name).filter(name => !/^(file|data):/.test(name));
          return JSON.stringify({bad: bad.slice(0, 5), attacks, outside, foreign, count: all.querySelectorAll("*").length > 500, sections});
        })()
        """

    @Test(.timeLimit(.minutes(3))) func nothingRunsAndNothingIsLoaded() async throws {
        let value: (BoundExpression) -> RenderedValue = { RenderedValue("<\($0.source)>\"'&", title: "\"><script>alert(1)</script>", link: $0.source) }
        var body = ""
        var ids: [String] = []
        for (index, name) in HostileMarkdown.sources.keys.sorted().enumerated() {
            let source = try #require(HostileMarkdown.sources[name])
            guard let html = try? MarkdownRenderer().render(source, cell: CellID("c")!, value: value).html, html.utf8.count < 100_000 else { continue }
            ids.append("s\(index)")
            body += "<section id=\"s\(index)\">\(html)</section>"
        }
        #expect(ids.count > 55)
        try await Self.inspect(body, ids)
    }

    /// Shows sections of rendered text on a page of their own: no script runs, nothing is loaded, and nothing stands where it should not.
    /// - Parameter also: what else has to be true of the page, as an expression
    static func inspect(_ sections: String, _ ids: [String], also: String = "true") async throws {
        let head = "<!DOCTYPE html><meta charset=\"utf-8\"><script>var attacks = []; for (const n of ['alert', 'confirm', 'prompt', 'open']) window[n] = m => attacks.push(n);</script>"
        let folder = try TemporaryFolder("hostile-page")
        let page = try folder.write(Array("\(head)<body><div id=\"all\">\(sections)</div></body>".utf8), as: "page.html")
        let browser = try await Browser()
        do {
            try await browser.open(URL(fileURLWithPath: page).absoluteString)
            try await browser.wait(for: "document.readyState === 'complete' && document.getElementById('all')")
            let found = try await browser.evaluate(inspection)
            #expect(found == #"{"bad":[],"attacks":[],"outside":[],"foreign":[],"count":true,"sections":"\#(ids.joined(separator: ","))"}"#)
            #expect(try await browser.evaluate(also) == "true")
            await browser.close()
        } catch {
            await browser.close()
            throw error
        }
    }
}
