// FidelioPeer PORT FOLDER: what `measure.py` asks of every server. JSON goes through a task, as in Fidelio's API.
import Canonical
import Foundation
import HTTPServer
import HTTPTypes

@Sendable func listing() -> JSONValue {
    let items = (0..<12).map { number -> JSONValue in
        ["id": .integer(Int64(number)), "name": .string("run \(number)"), "value": .number(Double(number) * 1.25 + 0.5), "tags": ["ns-gan", "mnist"]]
    }
    return ["total": 12, "items": .array(items)]
}

let content = listing()
let files = try StaticFiles(folder: CommandLine.arguments[2])
var router = Router()
router.addImmediate(.get, "/hello") { _, _ in .text("Hello, world!") }
router.add(.get, "/json") { _, _ in .bytes(Array(content.canonicalText.utf8), contentType: "application/json") }
for name in ["image.png", "download.bin"] { router.addImmediate(.get, "/\(name)") { request, _ in files.response(to: request) ?? .text("missing") } }
var configuration = ServerConfiguration(listen: [.ipv4("127.0.0.1", port: Int(CommandLine.arguments[1]) ?? 0)])
configuration.connectionLimits.connectionsPerAddress = 4096
let server = HTTPServer(configuration: configuration, handler: router)
try server.start()
while true { try await Task.sleep(for: .seconds(3600)) }
