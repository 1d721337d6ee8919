import Canonical
import Foundation
import TestSupport
import Testing

/// The pages with which results are explored, in a real browser on real results: grids side by side, the generator in hand, the table of runs, plans that are cloned, and the palette.
@Suite("Pages to explore results", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct ExplorePageTests {
    /// Evaluations at steps without a checkpoint of the plan: the best keeps its own.
    private static let plan = #"""
        {"name":"Explored","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":2,"steps":8,"batch_size":8,"width":0.0625,"sample_every":4,
         "checkpoint_every":8,"evaluation":{"every":3,"samples":256}}
        """#

    @Test func resultsAreExplored() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("explore"))
        let browser = try await Browser(.init(width: 1280, height: 900))
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let post = "fetch('/api/v1/studies', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(Self.plan))})"
            let study = try await browser.evaluate("\(post).then(r => r.json()).then(s => s.id)")
            try await browser.wait(for: "await fetch('/api/v1/studies/\(study)').then(r => r.json()).then(s => s.state === 'done')", seconds: 240)
            try await checkBest(browser, study)
            try await checkGrids(browser, server, study)
            try await checkGenerator(browser, server)
            try await checkRuns(browser, server)
            try await checkClone(browser, server, study)
            try await checkPalette(browser, study)
            #expect(try await browser.complaints() == [])
        } catch {
            let path = NSTemporaryDirectory() + "fidelio-explore-page-\(UUID().uuidString).png"
            try? await browser.screenshot(to: path)
            Issue.record("\(error); a picture is in \(path); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }

    /// The best value of every run has a checkpoint of its step, though the plan saves one at the end alone.
    private func checkBest(_ browser: Browser, _ study: String) async throws {
        let runs = "(await fetch('/api/v1/runs?filter=study = %27\(study)%27').then(r => r.json())).runs"
        let steps = "(await Promise.all(\(runs).map(r => fetch(`/api/v1/runs/${r.id}`).then(r => r.json())))).map(r => r.best_checkpoint.step === r.best.fid.step)"
        #expect(try await browser.evaluate("\(steps).join()") == "true,true,true,true")
    }

    private func checkGrids(_ browser: Browser, _ server: RunningServer, _ study: String) async throws {
        try await browser.open(server.url + "/grids?study=\(study)&columns=seed")
        let shown = "[...document.querySelectorAll('.picture-tile')]"
        try await browser.wait(for: "\(shown).length === 4 && \(shown).every(t => t.querySelector('img').naturalWidth === 231)")
        #expect(try await browser.evaluate("\(shown).map(t => t.querySelector('strong').textContent).join('|')") == "NS GAN, seed 0|NS GAN, seed 1|WGAN, seed 0|WGAN, seed 1")
        // One step for all, by key; the link of a cell leads to that step.
        try await browser.press("ArrowLeft")
        try await browser.press("ArrowLeft")
        try await browser.wait(for: "location.search.includes('step=') && \(shown).every(t => t.querySelector('img').src.includes(`/${new URLSearchParams(location.search).get('step')}.png`))")
        #expect(try await browser.evaluate("\(shown).every(t => t.querySelector('figcaption a').search === `?step=${new URLSearchParams(location.search).get('step')}`)") == "true")
        // Two pictures: their difference is that of their pixels.
        try await browser.evaluate("\(shown).slice(0, 2).forEach(t => t.querySelector('.picture-pick').click())")
        try await browser.click("[aria-label='Two pictures'] button", text: "Difference")
        try await browser.wait(for: "/^Absolute difference of NS GAN, seed 0 and NS GAN, seed 1: mean [\\d.]+, largest \\d+ of 255/.test(document.querySelector('[aria-label=\"Two pictures\"] .note').textContent)")
        // One latent of each, and real images beside.
        try await browser.open(server.url + "/grids?study=\(study)&rows=model&columns=latent&real=1")
        try await browser.wait(for: "\(shown).length === 33 && document.querySelectorAll('.cropped').length === 32")
        try await browser.wait(for: "\(shown).at(-1).querySelector('img').naturalWidth === 231", seconds: 60)
    }

    private func checkGenerator(_ browser: Browser, _ server: RunningServer) async throws {
        let run = try await browser.evaluate("fetch('/api/v1/runs?limit=1').then(r => r.json()).then(p => p.runs[0].id)")
        try await browser.open(server.url + "/runs/\(run)")
        try await browser.click("button", text: "Draw samples from a checkpoint")
        let image = "document.querySelector('.generator-stage img')"
        try await browser.wait(for: "\(image).naturalWidth === 231 && location.search.includes('show=samples')", seconds: 60)
        // The fourth image of the first row: a click there shows what lies around sample 3.
        try await browser.evaluate("(i => { const box = i.getBoundingClientRect(); i.dispatchEvent(new MouseEvent('click', {bubbles: true, clientX: box.left + box.width * 3.5 / 8, clientY: box.top + box.height / 16})); })(\(image))")
        try await browser.wait(for: "location.search.includes('show=around') && location.search.includes('sample=3') && \(image).naturalHeight === 57", seconds: 60)
        #expect(try await browser.evaluate("\(image).alt.includes('from sample 3 to')") == "true")
        // An address shows the same again; the file has the same bytes each time.
        try await browser.open(server.url + "/runs/\(run)?show=between&sample=2&other=9&images=8")
        try await browser.wait(for: "\(image)?.naturalHeight === 28", seconds: 60)
        let digest = "crypto.subtle.digest('SHA-256', await (await fetch(document.querySelector('a[href*=latents]').href)).arrayBuffer()).then(d => [...new Uint8Array(d)].join())"
        let first = try await browser.evaluate(digest)
        #expect(try await browser.evaluate(digest) == first && first.split(separator: ",").count == 32)
        try await browser.click("[aria-labelledby=generator-title] button", text: "Play")
        try await browser.wait(for: "!document.querySelector('.generator-stage canvas').hidden && document.querySelector('.generator-stage canvas').width === 28")
        #expect(try await browser.evaluate("document.querySelector('a[href*=\"samples.zip\"]').search") == "?stream=samples&start=2&count=1000")
    }

    private func checkRuns(_ browser: Browser, _ server: RunningServer) async throws {
        try await browser.open(server.url + "/runs?columns=id,model,hyperparameters.learning_rate,best.fid,final.fid&sort=model,-seed")
        try await browser.wait(for: "document.querySelectorAll('tbody tr').length === 4")
        #expect(try await browser.evaluate("[...document.querySelectorAll('thead th')].map(e => e.textContent).join('|')") == "|Run|Model|learning rate|FID, best|FID, final")
        // Shift selects all between; two models have different curves and settings.
        try await browser.evaluate("(boxes => { boxes[0].click(); boxes[3].dispatchEvent(new MouseEvent('click', {bubbles: true, shiftKey: true})); })(document.querySelectorAll('tbody input'))")
        try await browser.wait(for: "document.querySelector('[aria-label=\"Selected runs\"]').textContent.startsWith('4 runs selected')")
        try await browser.click("button", text: "Compare")
        try await browser.wait(for: "location.pathname === '/compare' && document.querySelector('h1')?.textContent === 'Compare 4 runs' && document.querySelectorAll('.overlay-grid .chart').length >= 1", seconds: 60)
        #expect(try await browser.evaluate("document.querySelectorAll('tbody tr').length") == "4")
    }

    /// A cloned plan is edited as text and previewed by the server; the form comes back.
    private func checkClone(_ browser: Browser, _ server: RunningServer, _ study: String) async throws {
        try await browser.open(server.url + "/studies/\(study)")
        try await browser.click("button", text: "Clone and edit")
        try await browser.wait(for: "location.pathname === '/studies/new' && document.querySelector('.lead')?.textContent.startsWith('4 runs')")
        let edit = "(t => { const plan = JSON.parse(t.value); plan.seeds = [0, 1, 2]; t.value = JSON.stringify(plan); t.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('#plan-text'))"
        try await browser.evaluate(edit)
        try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('6 runs') && /Disk for checkpoints: at most about [\\d.]+ MB/.test(document.body.textContent)")
        try await browser.evaluate("(t => { t.value = '{'; t.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('#plan-text'))")
        try await browser.wait(for: "document.querySelector('[role=status] .error')?.textContent.startsWith('The plan is no JSON')")
        try await browser.click("button", text: "Back to the form")
        try await browser.wait(for: "document.querySelector('[name=name]')?.offsetParent && document.querySelector('#plan-text').value.includes('wide')")
    }

    private func checkPalette(_ browser: Browser, _ study: String) async throws {
        try await browser.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true, cancelable: true}))")
        try await browser.wait(for: "document.querySelector('dialog.palette [role=option]')")
        try await browser.evaluate("(i => { i.value = 'explored'; i.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('.palette input'))")
        try await browser.wait(for: "document.querySelector('.palette [role=option]')?.textContent.startsWith('Explored')")
        try await browser.evaluate("document.querySelector('.palette input').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}))")
        try await browser.wait(for: "location.pathname === '/studies/\(study)' && !document.querySelector('dialog')")
    }
}
