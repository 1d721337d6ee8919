import Canonical
import TestSupport
import Testing

/// The server is killed while people type: what was acknowledged is there, once, and what was sent again is answered the same.
@Suite("A kill while a notebook is edited", .serialized, .timeLimit(.minutes(5)), .enabled(if: RunningServer.isBuilt))
struct NotebookKillTests {
    /// A server with its token, asked over its socket.
    fileprivate struct Desk: Sendable {
        let url: String
        let token: String

        init(_ storage: TemporaryFolder, _ server: RunningServer) throws {
            url = server.url
            token = try #require(try JSONValue(parsing: FileSystem.read(storage.path("server.json")))["token"]?.stringValue)
        }

        /// Nil if there was no answer.
        func ask(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue? {
            var words = ["-sS", "--fail-with-body", "--max-time", "30", "-X", method, "-H", "Authorization: Bearer \(token)", "\(url)/api/v1\(path)"]
            if body != nil { words += ["-H", "Content-Type: application/json", "--data-binary", "@-"] }
            let outcome = try await Tool.finish("curl", words, input: body?.canonicalText ?? "")
            // Not `nil`, which would be the JSON value null.
            return outcome.status == 0 ? try JSONValue(parsing: outcome.output) : Optional<JSONValue>.none
        }
    }

    private static func append(_ client: String, _ counter: Int, to source: String, base: Int64) -> JSONValue {
        .object([
            "client": .string(client), "counter": .count(counter),
            "operations": [["operation": "edit", "cell": .string(client), "source": .string(source), "base": .integer(base)]],
        ])
    }

    /// One author: appends a line at a time to a cell of its own, and repeats what was not answered.
    fileprivate actor Author {
        let name: String
        var source = ""
        var base: Int64 = 0
        var counter = 0
        var acknowledged: [String] = []
        var answers: [Int: JSONValue] = [:]
        var pending: JSONValue?

        init(_ name: String) { self.name = name }

        /// Writes until the server no longer answers, or `most` lines.
        fileprivate func write(_ desk: Desk, most: Int) async throws {
            for _ in 0..<most {
                let next = "\(source)\(name) writes line \(counter + 1).\n"
                let request = pending ?? NotebookKillTests.append(name, counter + 1, to: next, base: base)
                pending = request
                guard let answer = try await desk.ask("POST", "/notebooks/n/operations", request) else { return }
                guard answer["results"]?[0]?["result"] == "applied", let revision = answer["results"]?[0]?["revision"]?.integerValue else {
                    Issue.record("\(answer.canonicalText)")
                    return
                }
                pending = nil
                counter += 1
                (source, base) = (next, revision)
                acknowledged.append(next)
                answers[counter] = answer
            }
        }
    }

    @Test func whatWasAcknowledgedIsThere() async throws {
        let storage = try TemporaryFolder("killed-notebook")
        var server = try await RunningServer(storage: storage)
        var desk = try Desk(storage, server)
        let names = ["ada", "bob"]
        let text = "---\nfidelio: notebook\nversion: 1\ntitle: N\n---\n" + names.map { "\n<!-- cell \($0) -->\nStart.\n" }.joined()
        #expect(try await desk.ask("POST", "/notebooks", ["text": .string(text)])?["id"] == "n")
        let authors = names.map(Author.init)
        for round in 0..<3 {
            let writing = authors.map { author in Task { [desk] in try await author.write(desk, most: 400) } }
            // In the middle of writing, at another moment in each round.
            for _ in 0..<2000 {
                let counts = [await authors[0].counter, await authors[1].counter]
                if counts.allSatisfy({ $0 >= 15 * (round + 1) + 3 * round }) { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            try await server.kill()
            for task in writing { try await task.value }
            server = try await RunningServer(storage: storage)
            desk = try Desk(storage, server)
            let document = try #require(try await desk.ask("GET", "/notebooks/n"))
            for author in authors {
                let (stored, last) = (document["cells"]?.arrayValue?.first { $0["id"]?.stringValue == author.name }?["source"]?.stringValue, await author.source)
                let unanswered = await author.pending?["operations"]?[0]?["source"]?.stringValue
                // The last acknowledged text, or the one that was stored without its answer having arrived.
                #expect(stored == last || stored == unanswered, "round \(round): \(author.name) has \(stored ?? "nothing")")
                for (counter, answer) in await author.answers.filter({ $0.key % 7 == 0 }) {
                    let again = NotebookKillTests.append(author.name, counter, to: await author.acknowledged[counter - 1], base: await author.base(before: counter))
                    #expect(try await desk.ask("POST", "/notebooks/n/operations", again) == answer)
                }
            }
        }
        for author in authors { try await author.write(desk, most: 5) }
        let log = try await desk.ask("GET", "/notebooks/n/operations?since=0")?["operations"]?.arrayValue ?? []
        // Every accepted operation once, numbered without a gap.
        #expect(log.map { $0["sequence"]?.integerValue } == (1...Int64(log.count)).map { $0 })
        for author in authors {
            let hers = log.filter { $0["client"]?.stringValue == author.name }.compactMap { $0["source"]?.stringValue }
            let (sent, count) = (await author.acknowledged, await author.counter)
            #expect(hers == sent && count == sent.count && count > 45, "\(author.name): \(count)")
        }
        try await server.stop()
    }
}

extension NotebookKillTests.Author {
    /// The base of the request with this counter.
    fileprivate func base(before counter: Int) -> Int64 { counter == 1 ? 0 : answers[counter - 1]?["results"]?[0]?["revision"]?.integerValue ?? -1 }
}
