import Canonical
import Foundation
import TestSupport
import Testing

/// What the commands read from real responses of the server: with and without a server, as text and as JSON.
@Suite("Commands and the server's responses", .serialized)
struct ClientTests {
    private static let plan = #"""
        {"name":"first","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"wide","settings":2,"search_seed":1},"seeds":1,"steps":4,
         "batch_size":16,"sample_every":4,"checkpoint_every":4,"evaluation":{"every":4,"samples":256}}
        """#

    private static func specification(_ seed: Int, steps: Int = 4) -> String {
        #"{"model":"wgan","dataset":"ring","steps":\#(steps),"batch_size":16,"evaluation":{"every":4,"samples":256},"seed":\#(seed)}"#
    }

    private static func json(_ outcome: Tool.Outcome) throws -> JSONValue {
        #expect(outcome.status == 0, "\(outcome)")
        return try JSONValue(parsing: outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// The best settings of an ended study are rerun with many seeds, found by a prefix of its ID: without and with a server.
    @Test func rerunsOfAStudy() async throws {
        let shell = try Shell()
        try shell.write("plan.json", Self.plan)
        let first = try Self.json(try await shell.run("fidelio study plan.json --json"))
        let study = try #require(first["study"]?["id"]?.stringValue)
        let best = try #require(first["results"]?["models"]?.arrayValue).map { model in
            (model["runs"]?.arrayValue ?? []).min { ($0["best"]?["value"]?.numberValue ?? .infinity) < ($1["best"]?["value"]?.numberValue ?? .infinity) }
        }
        let printed = try await shell.run("fidelio study --reruns-of \(study.prefix(8)) --print-plan")
        let plan = try Self.json(printed)
        #expect(plan["seeds"]?.arrayValue?.count == 50 || plan["seeds"] == 50, "\(printed.output)")
        let settings = try #require(plan["hyperparameters"]?.objectValue, "\(printed.output)")
        #expect(settings.keys.sorted() == ["ns-gan", "wgan"] && best.count == 2)

        let rerun = try Self.json(try await shell.run("fidelio study --reruns-of \(study.prefix(8)) --seeds 2 --selection final --json"))
        #expect(rerun["study"]?["state"] == "done" && rerun["study"]?["runs"]?["total"] == 4, "\(rerun["study"]?.canonicalText ?? "")")
        let table = try await shell.run("fidelio study --reruns-of \(study) --seeds 2 --selection final")
        #expect(table.status == 0 && table.output.split(separator: "\n").count == 5 && table.output.hasPrefix("MODEL"), "\(table)")

        let server = try await ServingProgram(storage: shell.folder.path("storage"))
        #expect(try await shell.run("fidelio study --reruns-of \(study.prefix(8)) --print-plan").output == printed.output)
        let preview = try await shell.run("fidelio study --reruns-of \(study.prefix(8)) --seeds 3 --preview --json")
        #expect(try Self.json(preview)["runs"] == 6)
        let detached = try await shell.run("fidelio study --reruns-of \(study.prefix(8)) --seeds 3 --detach")
        #expect(detached.status == 0 && detached.output.count == 13, "\(detached)")
        #expect(try await shell.run("fidelio cancel \(detached.output)").status == 0)
        for (wrong, words) in [("zzz", "there is no study zzz"), ("''", "empty value")] {
            let outcome = try await shell.run("fidelio study --reruns-of \(wrong) --print-plan")
            #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome)")
        }
        let workers = try await shell.run("fidelio study plan.json --workers 2")
        #expect(workers.status == 64 && workers.errors.contains("--workers has no effect"), "\(workers)")
        #expect(try await server.end(SIGTERM) == 0)
    }

    /// Every command that sends requests reads the server's response.
    @Test func everyCommandBesideAServer() async throws {
        let shell = try Shell()
        try shell.write("plan.json", Self.plan)
        try shell.write("spec.json", Self.specification(1))
        try shell.write("long.json", Self.specification(2, steps: 1_000_000))
        let server = try await ServingProgram(storage: shell.folder.path("storage"))
        let ran = try await shell.run("fidelio run spec.json")
        let run = try #require(ran.output.split(separator: " ").dropFirst().first.map(String.init), "\(ran)")
        #expect(ran.status == 0 && ran.output.contains("  done  step 4 of 4\n") && ran.errors == "run \(run)\n", "\(ran)")
        #expect(try Self.json(try await shell.run("fidelio run spec.json --json"))["state"] == "done")
        let studied = try await shell.run("fidelio study plan.json")
        #expect(studied.status == 0 && studied.output.split(separator: "\n").count == 5, "\(studied)")
        #expect(try Self.json(try await shell.run("fidelio study plan.json --json"))["study"]?["runs"]?["done"] == 4)
        #expect(try await shell.run("fidelio study plan.json --preview").output.hasPrefix("4 runs, "))
        #expect(try Self.json(try await shell.run("fidelio study plan.json --preview --json"))["runs"] == 4)
        let study = try await shell.run("fidelio study plan.json --detach").output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try Self.json(try await shell.run("fidelio study plan.json --detach --json"))["id"] == .string(study))
        let verified = try await shell.run("fidelio verify \(run) --json")
        #expect(try Self.json(verified)["state"] == "identical")
        #expect(try await shell.run("fidelio verify \(run)").output.hasPrefix("identical: "))
        #expect(try Self.json(try await shell.run("fidelio show \(run) --json"))["run"]?["id"] == .string(run))
        #expect(try await shell.run("fidelio runs --filter \"study = '\(study)' and hyperparameters.optimizer = 'adam'\" --order-by -fid").output.contains("wgan"))

        let queued = try await shell.run("fidelio run long.json --detach").output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try Self.json(try await shell.run("fidelio run long.json --detach --json"))["id"] == .string(queued))
        #expect(try await shell.run("fidelio cancel \(queued)").output == "runs/\(queued) is cancelled\n")
        #expect(try Self.json(try await shell.run("fidelio cancel \(study) --json"))["id"] == .string(study))
        #expect(try await shell.run("fidelio report \(study) --output report").output.contains("start with README.md"))

        #expect(try await shell.run("fidelio link").output.contains("/?token="))
        #expect(try Self.json(try await shell.run("fidelio member add ada --role owner --json"))["member"]?["name"] == "ada")
        #expect(try await shell.run("fidelio member invite ada").output.hasPrefix("http://127.0.0.1:"))
        #expect(try Self.json(try await shell.run("fidelio member invite ada --json"))["url"]?.stringValue?.contains("/?token=") == true)
        #expect(try await shell.run("fidelio member list").output.contains("\nada "))
        #expect(try Self.json(try await shell.run("fidelio member list --json")).arrayValue?.contains { $0["name"] == "ada" && $0["role"] == "owner" } == true)
        #expect(try await shell.run("fidelio member rename ada grace; fidelio member role grace owner").output == "grace, owner\ngrace, owner\n")
        #expect(try await shell.run("fidelio member add bob && fidelio member remove bob").output.contains("\nremoved; ended: "))
        #expect(try await server.end(SIGTERM) == 0)
    }

    /// Another program responds at the server's address: reported, and its response is not used.
    @Test(arguments: [("{}", "has no \"url\""), ("[1]", "has no \"url\""), ("<html>", "is not JSON"), (#"{"url":5}"#, "has no string \"url\"")])
    func answersOfAnotherShape(answer: String, words: String) async throws {
        let shell = try Shell()
        try shell.write("other.py", """
            import fcntl, http.server, json, os, sys
            os.makedirs("storage"); lock = open("storage/lock", "w"); fcntl.flock(lock, fcntl.LOCK_EX)
            class Other(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_POST(self):
                    self.send_response(200); self.send_header("Content-Length", str(len(sys.argv[1]))); self.send_header("Connection", "close")
                    self.end_headers(); self.wfile.write(sys.argv[1].encode())
                def log_message(self, *_): pass
            server = http.server.HTTPServer(("127.0.0.1", 0), Other)
            with open("storage/new", "w") as file: json.dump({"url": "http://127.0.0.1:%d" % server.server_port, "pid": os.getpid(), "token": "x"}, file)
            os.rename("storage/new", "storage/server.json"); server.handle_request()
            """)
        try shell.write("answer", answer)
        let outcome = try await shell.run("""
            python3 other.py "$(cat answer)" & other=$!
            for i in $(seq 300); do [ -s storage/server.json ] && break; sleep 0.1; done
            fidelio link; code=$?; kill $other 2> /dev/null; exit $code
            """)
        #expect([1, 69].contains(outcome.status) && outcome.output.isEmpty && outcome.errors.contains(words), "\(outcome)")
    }

    /// A server that does not respond is reported.
    @Test func nobodyAnswers() async throws {
        let outcome = try await Shell().run("""
            mkdir storage; echo '{"url":"http://127.0.0.1:1","pid":1,"token":"x"}' > storage/server.json
            flock storage/lock fidelio link
            """)
        #expect(outcome.status == 69, "\(outcome)")
        #expect(outcome.errors == "fidelio: the server at http://127.0.0.1:1 does not respond: cannot connect (Connection refused)\n")
    }
}
