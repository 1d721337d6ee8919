import Canonical
import Foundation
import TestSupport
import Testing

/// The server tells an address that a run has ended.
@Suite("Webhook", .serialized, .enabled(if: RunningServer.isBuilt), .timeLimit(.minutes(5)))
struct WebhookTests {
    /// Refuses the first message, keeps the second, and ends.
    private static let listener = """
        import http.server, sys
        class Hook(http.server.BaseHTTPRequestHandler):
            seen = 0
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                Hook.seen += 1
                if Hook.seen > 1: open("body", "wb").write(body)
                self.send_response(503 if Hook.seen == 1 else 204); self.end_headers()
            def log_message(self, *rest): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
        open("port.new", "w").write(str(server.server_port))
        import os; os.rename("port.new", "port")
        while Hook.seen < 2: server.handle_request()
        """

    @Test func anEndIsToldAndToldAgainWhereNobodyListened() async throws {
        let shell = try Shell()
        try shell.write("hook.py", Self.listener)
        try shell.write("small.json", #"{"model":"ns-gan","dataset":"ring","steps":4,"batch_size":16,"sample_every":4,"checkpoint_every":4,"evaluation":{"every":4,"samples":256}}"#)
        let outcome = try await shell.run("""
            unset FIDELIO_STORAGE; export HOME=$W
            python3 hook.py & hook=$!
            for i in $(seq 300); do [ -s port ] && break; sleep 0.1; done
            fidelio serve --port 0 --no-browser --webhook "http://127.0.0.1:$(cat port)/hook" > serve.out 2>&1 & server=$!
            trap 'kill $server $hook 2> /dev/null; wait $server' EXIT
            for i in $(seq 600); do [ -s Storage/server.json ] && break; sleep 0.1; done
            fidelio run small.json --json > run.json || exit 3
            for i in $(seq 300); do [ -s body ] && break; sleep 0.1; done
            cat body
            """, within: 200)
        let told = try JSONValue(parsing: outcome.output)
        #expect(told["event"] == "run-ended" && told["run"]?["state"] == "done" && told["url"]?.stringValue?.contains("/runs/") == true, "\(outcome)")
        let refused = try await shell.run("unset FIDELIO_STORAGE; export HOME=$W; fidelio serve --webhook ftp://example.org/x")
        #expect(refused.status == 64 && refused.errors.contains("--webhook"), "\(refused)")
    }
}
