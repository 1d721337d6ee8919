import Canonical
import Codecs
import Foundation
import TestSupport
import Testing

/// The page of a super-resolution run in a real browser: pictures side by side, one zoom for all, a temperature that samples, addresses that give the same bytes.
@Suite("Pages of super-resolution", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct SuperResolutionPageTests {
    /// A storage with a data set of 16 x 16 pictures and a short run of SRFlow and of its rivals; bicubic enlargement is shown once.
    private static func storage() async throws -> (folder: TemporaryFolder, run: String) {
        let storage = try TemporaryFolder("super-resolution-page"), pictures = try TemporaryFolder("pictures")
        for (split, count) in [("train", 16), ("test", 256)] {
            try FileSystem.makeFolder(pictures.path(split))
            for i in 0..<count {
                let pixels = (0..<768).map { (place: Int) -> UInt8 in UInt8(30 + place / 48 * 9 + place * (7 + i % 50) % 60) }
                try pictures.write(PNG.encode(PixelImage(width: 16, height: 16, channels: 3, pixels: pixels)), as: "\(split)/\(1000 + i).png")
            }
        }
        let added = try await Program.run("dataset", "add", "pairs", "--from", pictures.path, "--low-resolution", "4", "--storage", storage.path)
        #expect(added.code == 0, "\(added.complaint)")
        let tiny = #"{"features":2,"growth":1,"blocks":2,"stack_spacing":1,"hidden":2,"depth":1,"transition_steps":1,"initialization_examples":4}"#
        var run = ""
        for (model, values) in [("bicubic", "{}"), ("rrdb", #"{"features":2,"growth":1,"blocks":1}"#), ("srflow", tiny)] {
            let text = #"{"model":"\#(model)","dataset":"pairs","steps":4,"batch_size":2,"sample_every":4,"checkpoint_every":2,"hyperparameters":\#(values),"evaluation":{"every":4,"metrics":["psnr","lr_psnr"]}}"#
            try AtomicFile.write(Array(text.utf8), to: storage.path("\(model).json"))
            let outcome = try await Program.run("run", storage.path("\(model).json"), "--storage", storage.path, "--json")
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let lines = outcome.output.split(separator: "\n").compactMap { line -> String? in
                guard let json = try? JSONValue(parsing: String(line)) else { return nil }
                return (json["id"] ?? json["run"])?.stringValue
            }
            run = try #require(lines.last)
        }
        return (storage, run)
    }

    private static let tiles = "[...document.querySelectorAll('.picture-tile')]"
    private static func source(_ picture: String) -> String { "document.querySelector('[data-picture=\"/\(picture)\"] img')?.src" }

    @Test func picturesAreSampledAndCompared() async throws {
        let (storage, run) = try await Self.storage(), server = try await RunningServer(storage: storage)
        let browser = try await Browser(.init(width: 390, height: 844, dark: true))
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            try await browser.open(server.url + "/runs/\(run)")
            // Low resolution, bicubic, two samples, the rival, truth, three maps.
            let names = "\(Self.tiles).map(e => e.querySelector('strong').textContent).join('|')"
            try await browser.wait(for: "\(Self.tiles).length === 9 && \(Self.tiles).every(e => e.querySelector('img').naturalWidth > 0)")
            #expect(try await browser.evaluate(names) == "Low resolution|Bicubic|Sample 0|Sample 1|RRDB|Truth|Difference to the truth, sample 0|LR of the sample − LR, sample 0|Deviation over 10 samples")
            // The rival is judged as the run's own samples are.
            #expect(try await browser.evaluate("document.querySelector('[data-picture=\"RRDB/sample-0\"]').textContent.includes('LR-PSNR')") == "true")
            #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")

            // The link of a picture gives its bytes.
            let same = """
                await (async () => { const tile = document.querySelector('[data-picture="/sample-0"]');
                const bytes = new Uint8Array(await (await fetch(tile.querySelector('a').href)).arrayBuffer());
                return 'data:image/png;base64,' + btoa(String.fromCharCode(...bytes)) === tile.querySelector('img').src; })()
                """
            #expect(try await browser.evaluate(same) == "true")

            // The temperature samples: at 0 there is one sample.
            #expect(try await browser.evaluate("\(Self.source("sample-0")) !== \(Self.source("sample-1"))") == "true")
            try await browser.fill(".picture-controls input[type=range]", "0")
            try await browser.wait(for: "\(Self.source("sample-0")) === \(Self.source("sample-1")) && location.search.includes('temperature=0')")
            #expect(try await browser.evaluate("document.querySelector('[data-picture=\"/sample-0\"] a').href.includes('temperature=0')") == "true")

            // By keys: zoom and place of all pictures, then the magnifier.
            try await browser.evaluate("document.querySelector('.picture-board').focus()")
            for key in ["+", "+", "ArrowRight"] { try await browser.press(key) }
            let styles = "[...new Set(\(Self.tiles).map(e => getComputedStyle(e.querySelector('.picture-moved')).transform.split('(')[1].split(',')[0]))].join()"
            try await browser.wait(for: "\(styles) === '4'")
            #expect(try await browser.evaluate("new URLSearchParams(location.search).get('look')") == "4,0.525,0.5")
            try await browser.press("m")
            try await browser.wait(for: "\(Self.tiles).every(e => getComputedStyle(e.querySelector('.picture-lens')).display === 'block')")

            // The numbers as a table, one row a picture.
            try await browser.click("summary", text: "Numbers and digests")
            try await browser.wait(for: "document.querySelectorAll('#pictures-title ~ * details tbody tr').length === 9")
            #expect(try await browser.complaints() == [])
        } catch {
            let path = NSTemporaryDirectory() + "fidelio-super-resolution-page-\(UUID().uuidString).png"
            try? await browser.screenshot(to: path)
            Issue.record("\(error); a picture is in \(path); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }
}
