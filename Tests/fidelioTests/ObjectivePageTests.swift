import Canonical
import Foundation
import TestSupport
import Testing

/// Every view of a study that measures no FID, in a real browser: it is about its modes, and nowhere about FID.
@Suite("Pages of a study without FID", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct ObjectivePageTests {
    private static let plan = #"""
        {"name":"Ring","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":2,"steps":8,"batch_size":16,"width":0.25,"sample_every":4,
         "checkpoint_every":4,"evaluation":{"every":4,"samples":256,"metrics":["modes"]}}
        """#

    /// The visible text of the page's main part.
    private static let words = "document.querySelector('main').innerText"

    @Test func everyViewIsAboutTheObjective() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("objective-page"))
        let browser = try await Browser(.init(width: 1280, height: 900))
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let post = "fetch('/api/v1/studies', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(Self.plan))})"
            let study = try await browser.evaluate("\(post).then(r => r.json()).then(s => s.id)")
            try await browser.wait(for: "await fetch('/api/v1/studies/\(study)').then(r => r.json()).then(s => s.state === 'done')", seconds: 240)
            let results = "fetch('/api/v1/studies/\(study)/results').then(r => r.json())"

            try await browser.open(server.url + "/studies/\(study)")
            try await browser.wait(for: "document.querySelector('#distribution')?.textContent === 'Modes captured by model' && document.querySelectorAll('.figure [data-run]').length === 4")
            try await browser.wait(for: "document.querySelectorAll('.card').length === 2 && [...document.querySelectorAll('.card [data-part=step]')].every(e => /^Modes \\d/.test(e.textContent))")
            // The card of a model is its run with the most modes; of equal ones the first.
            let best = "(await \(results)).models.map(m => m.runs.reduce((a, b) => b.best.value > a.best.value ? b : a).run).join()"
            try await browser.wait(for: "[...document.querySelectorAll('.card')].map(c => c.getAttribute('href').split('/').pop()).join() === \(best)")
            let heads = "[...document.querySelectorAll('thead th')].map(e => e.textContent)"
            #expect(try await browser.evaluate("\(heads).filter(t => t.includes('Modes')).join('|')") == "Modes, best|Modes, final")
            #expect(try await browser.evaluate("/Objective\\s+Modes captured. Higher is better./.test(\(Self.words)) && !/\\bFID\\b/.test(\(Self.words))") == "true")

            let run = try await browser.evaluate("(\(results)).then(r => r.models[0].runs[0].run)")
            try await browser.open(server.url + "/runs/\(run)")
            try await browser.wait(for: "[...document.querySelectorAll('h3')].some(e => e.textContent === 'Modes captured') && document.querySelectorAll('#checkpoints-title ~ * tbody tr').length === 2")
            let value = "(await fetch('/api/v1/runs/\(run)').then(r => r.json()))"
            try await browser.wait(for: "/Best Modes\\s+(\\d+) at step (\\d+)/.exec(\(Self.words))?.slice(1).join() === `${\(value).best.modes.value},${\(value).best.modes.step}`")
            try await browser.wait(for: "\(Self.words).includes(`Best checkpoint: step ${\(value).best_checkpoint.step}, Modes captured ${\(value).best_checkpoint.value} (highest value at a saved step).`)")
            #expect(try await browser.evaluate("[...document.querySelectorAll('#checkpoints-title ~ * tbody th')].filter(e => e.textContent.includes('best')).length") == "1")
            #expect(try await browser.evaluate("\(Self.words).includes('Higher is better.') && !/\\bFID\\b/.test(\(Self.words))") == "true")

            try await browser.open(server.url + "/runs")
            try await browser.wait(for: "document.querySelectorAll('tbody tr').length === 4 && \(heads).includes('Modes, best')")
            try await browser.click("thead button", text: "Modes, best")
            try await browser.wait(for: "location.search.includes('sort=best.objective') && document.querySelector('[aria-sort=ascending]')?.textContent === 'Modes, best'")

            try await browser.open(server.url + "/compare?studies=\(study)")
            try await browser.wait(for: "document.querySelector('#compare-metric')?.value === 'modes' && document.querySelectorAll('.figure [data-run]').length === 4")
            #expect(try await browser.evaluate("[...document.querySelectorAll('#compare-metric option')].map(e => e.value).join()") == "modes,modes_high_quality,modes_divergence")
            #expect(try await browser.complaints() == [])
        } catch {
            let path = NSTemporaryDirectory() + "fidelio-objective-page-\(UUID().uuidString).png"
            try? await browser.screenshot(to: path)
            Issue.record("\(error); a picture is in \(path); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }

    /// The form offers what is measured, and its choice goes into the plan.
    @Test func theFormOffersObjectives() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("objective-form"))
        let browser = try await Browser(.init(width: 1280, height: 900))
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            try await browser.click("a", text: "New study")
            try await browser.wait(for: "document.querySelector('#field-objective')")
            let offered = "[...document.querySelectorAll('#field-objective option')].map(e => e.value).join()"
            #expect(try await browser.evaluate(offered) == ",fid")
            let tick = "(name => { const box = document.querySelector(`[name='evaluation.metrics'][value=${name}]`); box.checked = !box.checked; box.dispatchEvent(new Event('change', {bubbles: true})); })"
            try await browser.evaluate("\(tick)('kid')")
            #expect(try await browser.evaluate(offered) == ",fid,kid,kid_deviation")
            try await browser.evaluate("(s => { s.value = 'kid'; s.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('#field-objective'))")
            try await browser.evaluate("\(tick)('is')")
            #expect(try await browser.evaluate("document.querySelector('#field-objective').value") == "kid")
            // What is not measured any more is not optimized.
            try await browser.evaluate("\(tick)('kid')")
            #expect(try await browser.evaluate("document.querySelector('#field-objective').value") == "")
            #expect(try await browser.complaints() == [])
        } catch {
            Issue.record("\(error); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }
}
