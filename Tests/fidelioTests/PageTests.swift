import Canonical
import Foundation
import TestSupport
import Testing

/// The main workflow in a real browser, on a real server with real workers: a study from the form to the verdict of a rerun.
@Suite("The page", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct PageTests {
    /// A screenshot for failed waits. Errors that the page reports are failures by themselves.
    private func inBrowser(_ settings: Browser.Settings = .init(), _ body: (Browser) async throws -> Void) async throws {
        let browser = try await Browser(settings)
        do {
            try await body(browser)
            let complaints = try await browser.complaints()
            #expect(complaints == [], "\(complaints)")
        } catch {
            let path = NSTemporaryDirectory() + "fidelio-page-\(UUID().uuidString).png"
            try? await browser.screenshot(to: path)
            Issue.record("\(error); a picture is in \(path); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
    }

    /// Fills in the smallest study that shows everything.
    private func queueStudy(_ browser: Browser, name: String, steps: Int = 24) async throws {
        try await browser.click("a", text: "New study")
        for (field, value) in [
            ("name", name), ("protocol.settings", "1"), ("seeds", "0"), ("steps", String(steps)), ("width", "0.0625"), ("batch_size", "8"),
            ("evaluation.every", "12"), ("evaluation.samples", "256"), ("sample_every", "6"), ("checkpoint_every", "12"),
        ] {
            try await browser.fill("[name='\(field)']", value)
        }
        try await browser.evaluate(
            "document.querySelectorAll('[name=models]').forEach(box => { box.checked = ['ns-gan', 'wgan'].includes(box.value); box.dispatchEvent(new Event('change', {bubbles: true})); })")
        try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('2 runs')")
        try await browser.click("button", text: "Queue the study")
        try await browser.wait(for: "location.pathname.startsWith('/studies/') && document.querySelector('.bars-row')")
    }

    @Test func theMainJob() async throws {
        let storage = try TemporaryFolder("page")
        let server = try await RunningServer(storage: storage)
        let hostile = "A study <img src=x onerror=\"document.title='broken'\"> & more"
        try await inBrowser { browser in
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            try await queueStudy(browser, name: hostile)

            // Live, without reloading: samples, then the end, then every run as a point.
            #expect(try await browser.evaluate("document.querySelector('h1').textContent.startsWith(\(quoted(hostile)))") == "true")
            try await browser.wait(for: "[...document.querySelectorAll('.card img')].some(i => i.naturalWidth > 100)", seconds: 240)
            try await browser.wait(for: "document.querySelector('h1 .badge').dataset.state === 'done'", seconds: 240)
            try await browser.wait(for: "document.querySelectorAll('.figure [data-run]').length === 2")
            #expect(try await browser.evaluate("document.querySelectorAll('tbody tr').length") == "2")
            // The best run of each model: the picture is that of the named step.
            try await browser.wait(for: "document.querySelectorAll('.card [data-part=shows]:not(:empty)').length === 2")
            let isTrue = "[...document.querySelectorAll('.card')].every(c => { const step = c.querySelector('[data-part=left]').textContent.match(/step (\\d+)/)[1]; return c.querySelector('img').dataset.step === step && c.querySelector('img').src.includes(`/${step}.png`) && c.querySelector('[data-part=shows]').textContent === `samples of step ${step}`; })"
            try await browser.wait(for: isTrue)

            // A point links to its run, by keyboard.
            try await browser.evaluate("document.querySelector('.figure [data-run]').focus()")
            try await browser.press("ArrowRight")
            try await browser.press("Enter")
            try await browser.wait(for: "location.pathname.startsWith('/runs/')")
            try await browser.wait(for: "document.querySelectorAll('.chart path.line').length >= 3")
            try await browser.wait(for: "document.querySelector('.viewer-stage img').naturalWidth > 100")
            try await browser.press("[")
            try await browser.wait(for: "location.search.includes('step=18')")
            try await checkDownload(browser)

            // Rerun with another number of threads, with an identical result.
            try await browser.click("button", text: "Rerun and compare")
            try await browser.fill("#rerun-threads", "2")
            try await browser.click("button", text: "Start the rerun")
            try await browser.wait(for: "document.querySelector('.verdict')?.dataset.state === 'identical'", seconds: 240)
            try await browser.evaluate("location.reload()")
            try await browser.wait(for: "document.querySelector('.verdict strong')?.textContent === 'Identical' && location.search.includes('step=18')")

            // All runs, filtered by the server.
            // The second key counts within a second of the first, which a busy machine may miss.
            for _ in 0..<20 where try await browser.evaluate("location.pathname") != "/runs" {
                try await browser.press("g")
                try await browser.press("r")
                try? await browser.wait(for: "location.pathname === '/runs'", seconds: 3)
            }
            try await browser.wait(for: "document.querySelectorAll('tbody tr').length === 3")
            try await browser.evaluate("(f => { f.value = \"model = 'wgan'\"; f.form.requestSubmit(); })(document.querySelector('#filter'))")
            try await browser.wait(for: "location.search.includes('wgan') && [1, 2].includes(document.querySelectorAll('tbody tr').length)")
            #expect(try await browser.evaluate("document.title") == "Runs · Fidelio")
        }
        try await server.stop()
    }

    /// The checkpoint offered by the page is a zip file of the stated size and digest.
    private func checkDownload(_ browser: Browser) async throws {
        let first = "[...document.querySelectorAll('a[href*=\"/checkpoints/\"]')].find(a => /[/]checkpoints[/][0-9a-f]{64}([.]npz)?$/.test(a.pathname))"
        try await browser.wait(for: first)
        let answer = try await browser.evaluate(
            "fetch(\(first).href).then(async r => [r.status, r.headers.get('etag'), String.fromCharCode(...new Uint8Array(await r.arrayBuffer()).slice(0, 2))].join(' '))")
        let digest = try await browser.evaluate("\(first).href.match(/[0-9a-f]{64}/)[0]")
        #expect(answer == "200 \"\(digest)\" PK")
    }

    /// A study's figures and tables on a phone, by keyboard, with the selection in the URL.
    @Test func comparing() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("page"))
        try await inBrowser(.init(width: 390, height: 800, dark: true)) { browser in
            try await browser.open(server.link)
            try await queueStudy(browser, name: "Compared")
            try await browser.wait(for: "document.querySelector('h1 .badge').dataset.state === 'done'", seconds: 240)
            try await browser.click("a", text: "Compare")
            try await browser.wait(for: "location.pathname === '/compare' && document.querySelectorAll('.figure [data-run]').length === 2")
            for (name, sight) in [
                ("budget", "document.querySelectorAll('.figure [data-series]').length === 2"), ("sensitivity", "document.querySelector('.figure svg')"),
                ("improvement", "document.querySelectorAll('.figure rect').length >= 3"), ("paired", "document.querySelector('.figure').textContent.includes('nothing can be significant')"),
                ("table", "document.querySelectorAll('.panel tbody tr').length === 2"),
            ] {
                try await browser.evaluate("document.querySelector('[data-figure=\(name)]').focus()")
                try await browser.press("Enter")
                try await browser.wait(for: "location.search.includes('figure=\(name)') && \(sight)")
                #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true", "\(name)")
            }
            // The URL alone restores it, and one model can be omitted.
            try await browser.evaluate("location.reload()")
            try await browser.wait(for: "document.querySelectorAll('.panel tbody tr').length === 2")
            try await browser.click("label", text: "WGAN")
            try await browser.wait(for: "location.search.includes('models=ns-gan') && document.querySelectorAll('.panel tbody tr').length === 1")
            let links = "Promise.all([...document.querySelectorAll('.tools a[download]')].map(a => fetch(a.href).then(r => r.status))).then(String)"
            #expect(try await browser.evaluate(links) == "200,200,200")
        }
        try await server.stop()
    }

    @Test func aServerThatGoesAwayAndComesBack() async throws {
        let storage = try TemporaryFolder("page")
        let server = try await RunningServer(storage: storage)
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await queueStudy(browser, name: "Interrupted", steps: 200)
            try await browser.wait(for: "[...document.querySelectorAll('.card')].some(c => c.textContent.includes('step '))", seconds: 240)
            try await server.kill()
            try await browser.wait(for: "!document.querySelector('#banner').hidden")
            let again = try await RunningServer(storage: storage, port: server.port)
            #expect(again.url == server.url)
            // The session is still valid, and the page catches up by itself.
            try await browser.wait(for: "document.querySelector('#banner').hidden")
            try await browser.wait(for: "document.querySelector('h1 .badge').dataset.state === 'done'", seconds: 240)
            try await browser.wait(for: "document.querySelector('.bars').textContent.includes('1 of 1 done')")
            try await again.stop()
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-page-away.png")
            Issue.record("\(error)")
        }
        await browser.close()
    }

    @Test func everyPageFitsAPhoneInTheDark() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("page"))
        try await inBrowser(.init(width: 390, height: 800, dark: true)) { browser in
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1') && !location.search")
            for path in ["/", "/studies", "/studies/new", "/runs", "/compare", "/datasets", "/nothing"] {
                try await browser.open(server.url + path)
                try await browser.wait(for: "document.querySelector('h1') && document.querySelector('#version').textContent")
                #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true", "\(path)")
                #expect(try await browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 20)", "\(path)")
                // Every interactive element has a name.
                let nameless =
                    "[...document.querySelectorAll('a, button, input, select')].filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).length"
                #expect(try await browser.evaluate(nameless) == "0", "\(path)")
            }
        }
        try await server.stop()
    }

    @Test func aVariantOfAModelIsChosen() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("page"))
        try await inBrowser { browser in
            try await browser.open(server.link)
            try await browser.click("a", text: "New study")
            let field = "[name='hyperparameters.lsgan.output']"
            try await browser.wait(for: "document.querySelector(\"\(field)\")")
            // Offered for the selected models only, and for a single setting.
            let isOffered = "!document.querySelector(\"\(field)\").closest('fieldset').hidden"
            #expect(try await browser.evaluate(isOffered) == "false")
            try await browser.fill("[name='protocol.settings']", "1")
            #expect(try await browser.evaluate(isOffered) == "false")
            try await browser.evaluate("document.querySelectorAll('input[name=models]').forEach(box => { if (box.checked !== (box.value === 'lsgan')) box.click(); })")
            #expect(try await browser.evaluate(isOffered) == "true")
            #expect(try await browser.evaluate("[...document.querySelectorAll('fieldset[data-model]')].filter(f => !f.hidden).map(f => f.dataset.model).join()") == "lsgan")
            let variant = try await browser.evaluate("document.querySelector(\"\(field)\").options[1].value")
            try await browser.fill(field, variant)
            try await browser.fill("[name='hyperparameters.lsgan.learning_rate']", "7")
            // An out-of-range value is reported at its field.
            try await browser.wait(for: "document.querySelector('#field-hyperparameters-lsgan-learning_rate-error').textContent.includes('7')")
            try await browser.fill("[name='hyperparameters.lsgan.learning_rate']", "0.0003")
            try await browser.fill("[name='steps']", "100000")
            try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('2 runs')")
            try await browser.click("button", text: "Queue the study")
            try await browser.wait(for: "location.pathname.startsWith('/studies/') && document.querySelector('.bars-row')")
            let kept = "fetch('/api/v1' + location.pathname + '/results').then(r => r.json()).then(r => r.models[0].runs[0].hyperparameters)"
            #expect(try await browser.evaluate("\(kept).then(h => h.output + ' ' + h.learning_rate)") == "\(variant) 0.0003")
            // The rejection above is in the browser's console.
            #expect(try await browser.complaints().allSatisfy { $0.contains("status of 422") })
        }
        try await server.stop()
    }

    /// A plan of the study fills the form, describes its result, is previewed, and is queued with what the form cannot express.
    @Test func aNamedPlanFillsTheForm() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("page"))
        try await inBrowser { browser in
            try await browser.open(server.link)
            try await browser.click("a", text: "New study")
            try await browser.wait(for: "document.querySelector('#named-plans') && document.querySelector('.lead')")
            try await browser.click("summary", text: "Start from a plan of the study")
            let offered = "fetch('/api/v1/plans').then(r => r.json()).then(all => String(all.length > 5 && all.every(p => ['title', 'description', 'ending'].every(k => document.querySelector('#named-plans').textContent.includes(p[k])))))"
            #expect(try await browser.evaluate(offered) == "true")

            // Eight models, ten settings: known before any run.
            try await browser.evaluate("document.querySelector('#named-small-study').click()")
            try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('80 runs: 8 models × 10 settings × 1 seed')")
            #expect(try await browser.evaluate("document.activeElement.id") == "named-small-study")
            #expect(try await browser.evaluate("document.querySelector('#ending').textContent.includes('Figures 4')") == "true")
            #expect(try await browser.evaluate("document.querySelector('section.panel').textContent.includes('Time: unknown until a similar run')") == "true")
            #expect(try await browser.evaluate("['steps', 'width', 'evaluation.every'].map(n => document.querySelector(`[name='${n}']`).value).join()") == "600,0.25,150")

            // The released code's sampler, an option of the form.
            try await browser.evaluate("document.querySelector('#named-wide-compare-gan').click()")
            try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('800 runs') && document.querySelector('#plan-text').value.includes('compare_gan_v1')")

            // A grid: kept while other fields are edited, across a reload, and when queued.
            try await browser.evaluate("document.querySelector('#named-wgan-clipping').click()")
            try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('27 runs: 1 model × 9 settings × 3 seeds')")
            try await browser.evaluate("location.reload()")
            try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('27 runs') && document.querySelector('#named-wgan-clipping').checked")
            try await browser.fill("[name=seeds]", "0")
            try await browser.fill("[name=steps]", "100000")
            try await browser.wait(for: "document.querySelector('.lead')?.textContent.startsWith('9 runs: 1 model × 9 settings × 1 seed')")
            #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")
            try await browser.click("button", text: "Queue the study")
            try await browser.wait(for: "location.pathname.startsWith('/studies/') && document.querySelector('.bars-row')")
            let kept = "fetch('/api/v1' + location.pathname).then(r => r.json()).then(s => JSON.stringify([s.plan.protocol, s.plan.grid.weight_clipping, s.plan.steps]))"
            #expect(try await browser.evaluate(kept) == #"[{"kind":"grid"},[0.001,0.01,0.1,1],100000]"#)
        }
        try await server.stop()
    }

    /// One plan is one study: the form submits the same for a named plan as the command.
    @Test func aNamedPlanIsTheCommandsPlan() async throws {
        let storage = try TemporaryFolder("page")
        let server = try await RunningServer(storage: storage)
        let names = try await Program.run("study", "--names", "--json").json.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(names.count >= 10)
        try await inBrowser { browser in
            try await browser.open(server.link)
            try await browser.click("a", text: "New study")
            try await browser.wait(for: "document.querySelector('#plan-digest')")
            // Those of WassersteinGAN.tensorflow need 64 x 64 color images, which this server does not have.
            for name in names where name != "wgan-tensorflow" {
                let before = try await browser.evaluate("document.querySelector('#plan-digest').title")
                try await browser.evaluate("document.querySelector('#named-\(name)').click()")
                try await browser.wait(for: "document.querySelector('#named-\(name)').checked && ![undefined, '\(before)'].includes(document.querySelector('#plan-digest')?.title)")
                let command = try await Program.run(
                    "study", "--named", name, "--dataset", "polygons", "--preview", "--json", "--storage", storage.path)
                let digest = try #require(command.json["digest"]?.stringValue, "\(name): \(command.output) \(command.complaint)")
                #expect(try await browser.evaluate("document.querySelector('#plan-digest').title") == digest, "\(name)")
            }
            // Values that the form does not show are submitted too.
            try await browser.evaluate("document.querySelector('#named-small-polygons').click()")
            try await browser.wait(for: "document.querySelector('#plan-text').value.includes('\"threshold\": 6')")
        }
        try await server.stop()
    }

    /// Before anything is measured, no size is shown.
    @Test func aRunThatWasNeverEvaluatedHasNoAxis() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("page"))
        try await inBrowser { browser in
            try await browser.open(server.link)
            try await queueStudy(browser, name: "Long", steps: 100_000)
            try await browser.click("tbody a")
            try await browser.wait(for: "document.querySelectorAll('.chart').length === 2 && document.querySelector('.chart [data-part=none]')")
            let fid = "[...document.querySelectorAll('.chart')].at(-1)"
            #expect(try await browser.evaluate("\(fid).textContent") == "no values yet")
            #expect(try await browser.evaluate("\(fid).querySelectorAll('.grid, .axis').length") == "0")
            #expect(try await browser.evaluate("document.body.textContent.includes('not a number')") == "false")
        }
        try await server.stop()
    }

    @Test func aStrangerIsToldWhatToDo() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("page"))
        let browser = try await Browser()
        try await browser.open(server.url + "/")
        try await browser.wait(for: "document.body.textContent.includes('fidelio link')")
        await browser.close()
        try await server.stop()
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
