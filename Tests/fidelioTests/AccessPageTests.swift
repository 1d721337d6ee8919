import Canonical
import Foundation
import TestSupport
import Testing

/// The pages about access in a real browser: on a phone in dark mode, by keyboard alone, and as a guest with a share link.
@Suite("Access pages", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct AccessPageTests {
    private static let phone = Browser.Settings(width: 390, height: 800, dark: true)

    /// A server with members, a token, a queue, and links; and its owner's browser.
    private func furnished(_ body: (RunningServer, Browser, [String: String]) async throws -> Void) async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("access-page"))
        let browser = try await Browser(Self.phone)
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let study = try await post(
                browser, "/studies",
                #"{"name":"Shared","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":1,"steps":100000}"#)
            let id = study["id"]?.stringValue ?? ""
            let runs = try await browser.evaluate(
                "fetch('/api/v1/studies/\(id)/results').then(r => r.json()).then(r => r.models.flatMap(m => m.runs.map(e => e.run)).join())")
            let invitation = try await post(browser, "/members", #"{"name":"\#(String(repeating: "Nobody-breaks-this", count: 4))"}"#)
            _ = try await post(browser, "/account/tokens", #"{"name":"\#(String(repeating: "token", count: 16))"}"#)
            let list = runs.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
            let share = try await post(
                browser, "/shares", #"{"kind":"comparison","runs":[\#(list)],"note":"\#(String(repeating: "unbroken", count: 20))"}"#)
            try await body(
                server, browser,
                ["study": id, "invitation": invitation["path"]?.stringValue ?? "", "share": share["path"]?.stringValue ?? ""])
            #expect(try await browser.complaints() == [])
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-access-page.png")
            Issue.record("\(error)")
        }
        await browser.close()
        try await server.stop()
    }

    private func post(_ browser: Browser, _ path: String, _ body: String) async throws -> JSONValue {
        let script = "fetch('/api/v1\(path)', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(body))}).then(r => r.text())"
        return try JSONValue(parsing: try await browser.evaluate(script))
    }

    private func fits(_ browser: Browser, _ place: String) async throws {
        #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true", "\(place)")
        #expect(try await browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 20)", "\(place)")
        let controls = "[...document.querySelectorAll('a, button, input:not([type=hidden]), select')]"
        #expect(
            try await browser.evaluate("\(controls).filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).length") == "0", "\(place)")
        // Two buttons of a page are distinguished by their accessible names.
        let names = "[...document.querySelectorAll('main tbody button')].map(e => e.ariaLabel || e.textContent)"
        #expect(try await browser.evaluate("\(names).length - new Set(\(names)).size") == "0", "\(place)")
    }

    @Test func theyFitAPhoneInTheDark() async throws {
        try await furnished { server, browser, made in
            for (path, ready) in [
                ("/account", "document.querySelectorAll('tbody tr').length >= 2"), ("/members", "document.querySelectorAll('tbody tr').length === 2"),
                ("/shares", "document.querySelector('tbody tr')"), ("/audit", "document.querySelectorAll('tbody tr').length > 3"),
                ("/compare", "[...document.querySelectorAll('.head button')].some(b => b.textContent === 'Share' && !b.disabled)"),
            ] {
                try await browser.open(server.url + path)
                try await browser.wait(for: "location.pathname === '\(path)' && document.querySelector('h1') && \(ready)")
                try await fits(browser, path)
            }
            // A link to the displayed comparison.
            try await browser.click(".head button", text: "Share")
            try await browser.wait(for: "document.querySelector('dialog[open]')")
            try await fits(browser, "the dialog")
            try await browser.click("dialog button", text: "Create the link")
            try await browser.wait(for: "document.querySelector('dialog input.mono')?.value.includes('/?share=')")
            try await fits(browser, "the dialog with its link")

            let guest = try await Browser(Self.phone)
            for (path, ready) in [
                ("/", "document.querySelector('input[type=password]')"), (made["invitation"]!, "document.body.textContent.includes('This link signs you in')"),
                (made["share"]!, "document.querySelectorAll('tbody tr').length === 2 && document.querySelector('.figure svg') && document.querySelector('#share-note:not([hidden])')"),
            ] {
                try await guest.open(server.url + path)
                try await guest.wait(for: ready)
                try await fits(guest, "as a guest: \(path)")
            }
            // A page without access is a 401, which the browser itself logs.
            #expect(try await guest.complaints().filter { !$0.contains("status of 401") } == [])
            await guest.close()
        }
    }

    /// localhost is another site than 127.0.0.1: a link there leads a member to the page, and anyone else to the sign-in form.
    @Test func aLinkOfAnotherSiteLeadsIn() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("other-site"))
        let elsewhere = "http://localhost:\(server.port)/"
        let browser = try await Browser()
        do {
            for (isMember, ready) in [(false, "document.querySelector('input[type=password]')"), (true, "document.querySelector('h1')?.textContent === 'Runs'")] {
                if isMember {
                    try await browser.open(server.link)
                    try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
                }
                try await browser.open(elsewhere)
                try await browser.wait(for: "location.hostname === 'localhost' && document.querySelector('h1')?.textContent === 'Not signed in'")
                try await browser.evaluate("(location.href = '\(server.url)/runs?sort=-created', 0)")
                try await browser.wait(for: "location.hostname === '127.0.0.1' && location.pathname === '/runs' && \(ready)")
                #expect(try await browser.evaluate("location.search") == "?sort=-created")
            }
        } catch {
            Issue.record("\(error)")
        }
        await browser.close()
        try await server.stop()
    }

    @Test func theKeyboardIsEnough() async throws {
        try await furnished { server, browser, made in
            for path in ["/account", "/members", "/shares", "/audit"] {
                try await browser.open(server.url + path)
                try await browser.wait(for: "location.pathname === '\(path)' && document.querySelector('tbody tr')")
                // In document order, each visible and with an outline, until the page ends.
                try await browser.evaluate("(window.seen = [], document.activeElement.blur())")
                let controls = "[...document.querySelectorAll('a, button, input, select, [tabindex=\"0\"]')].filter(e => !e.disabled && e.checkVisibility())"
                let count = Int(try await browser.evaluate("\(controls).length")) ?? 0
                for _ in 0..<count {
                    try await browser.press("Tab")
                    try await browser.evaluate(
                        "seen.push([document.activeElement, getComputedStyle(document.activeElement).outlineStyle, document.activeElement.getBoundingClientRect().width])")
                }
                #expect(try await browser.evaluate("seen.every(([e], i) => e === \(controls)[i])") == "true", "\(path)")
                #expect(try await browser.evaluate("seen.every(([, outline, width]) => outline !== 'none' && width > 0)") == "true", "\(path)")
            }
            // A dialog takes the focus, closes with Escape, and returns the focus.
            try await browser.open(server.url + "/studies/\(made["study"]!)")
            try await browser.wait(for: "[...document.querySelectorAll('button')].some(b => b.textContent === 'Share')")
            try await browser.evaluate("[...document.querySelectorAll('button')].find(b => b.textContent === 'Share').focus()")
            try await browser.press("Enter")
            try await browser.wait(for: "document.querySelector('dialog[open]')?.contains(document.activeElement)")
            try await browser.press("Escape")
            try await browser.wait(for: "!document.querySelector('dialog') && document.activeElement.textContent === 'Share'")
        }
    }
}
