import Canonical
import Foundation
import TestSupport
import Testing

/// The page of a lab in a real browser: made, played, stepped, branched, scrubbed, reloaded; by keys, on a narrow screen.
@Suite("Pages of labs", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct LabPageTests {
    private static let words = "document.querySelector('.lab-words')?.textContent ?? ''"
    private static let step = "Number(/^Step ([\\d,]+)/.exec(\(words))?.[1].replaceAll(',', '') ?? -1)"

    @Test func aLabIsMadePlayedAndBranched() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("lab-page"))
        let browser = try await Browser(.init(width: 1280, height: 900))
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            try await browser.open(server.url + "/labs")
            try await browser.wait(for: "document.querySelector('.lab-new')")
            try await browser.click("button", text: "Create the lab")
            try await browser.wait(for: "/^.labs.[0-9a-f]{16}$/.test(location.pathname) && document.querySelector('.lab-canvas')")
            try await browser.click("button", text: "Train")
            try await browser.wait(for: "\(Self.step) >= 30")
            try await browser.click("button", text: "Pause")
            try await browser.wait(for: "[...document.querySelectorAll('button')].some(b => b.textContent === 'Train')")
            // The picture is not empty, and changes with its layers.
            let picture = "document.querySelector('.lab-canvas').toDataURL()"
            let before = try await browser.evaluate(picture)
            try await browser.evaluate("document.querySelector('.lab-layers input').click()")
            #expect(try await browser.evaluate(picture) != before)
            // Back by a key; the address names the moment.
            try await browser.evaluate("document.querySelector('.lab-canvas').focus()")
            try await browser.press("Home")
            try await browser.wait(for: "\(Self.step) === 0 && /step=0/.test(location.search)")
            try await browser.press("ArrowRight")
            try await browser.wait(for: "\(Self.step) === 10")
            // One step of the discriminator is a branch, and generated points stay.
            try await browser.click("button", text: "D alone")
            try await browser.wait(for: "document.querySelectorAll('.lab-branches li').length === 2 && \(Self.step) === 11")
            let branch = try await browser.evaluate("document.querySelector('.lab-branches [aria-pressed=true]').textContent")
            #expect(branch == "after step 10: generator_updates 0")
            // A reload finds the moment again.
            try await browser.press("ArrowLeft")
            try await browser.wait(for: "/step=10/.test(location.search)")
            try await browser.evaluate("location.reload()")
            try await browser.wait(for: "\(Self.step) === 10 && document.querySelectorAll('.lab-branches li').length === 2")
            #expect(try await browser.complaints() == [])
        } catch {
            let path = NSTemporaryDirectory() + "fidelio-lab-page-\(UUID().uuidString).png"
            try? await browser.screenshot(to: path)
            Issue.record("\(error); a picture is in \(path); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }

    @Test func itFitsANarrowScreen() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("lab-narrow"))
        let browser = try await Browser(.init(width: 390, height: 844, dark: true))
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            try await browser.open(server.url + "/labs")
            try await browser.wait(for: "document.querySelector('.lab-new')")
            #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")
            // Strokes by keys alone.
            try await browser.evaluate("(s => { s.value = 'strokes'; s.dispatchEvent(new Event('change', {bubbles: true})); document.querySelector('.lab-pad').focus(); })(document.querySelector('.lab-new select'))")
            for key in [" ", "ArrowRight", "ArrowRight", "ArrowUp", " "] { try await browser.press(key) }
            try await browser.wait(for: "/^1 stroke, 4 points/.test(document.querySelector('.lab-drawing .hint').textContent)")
            try await browser.click("button", text: "Create the lab")
            try await browser.wait(for: "document.querySelector('.lab-canvas')")
            try await browser.click("button", text: "One step")
            try await browser.wait(for: "\(Self.step) === 2")
            #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")
            #expect(try await browser.complaints() == [])
        } catch {
            let path = NSTemporaryDirectory() + "fidelio-lab-narrow-\(UUID().uuidString).png"
            try? await browser.screenshot(to: path)
            Issue.record("\(error); a picture is in \(path); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }
}
