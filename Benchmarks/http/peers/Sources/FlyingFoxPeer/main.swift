// FlyingFoxPeer PORT FOLDER: what `measure.py` asks of every server.
import FlyingFox
import Foundation

struct Item: Encodable {
    var id: Int
    var name: String
    var value: Double
    var tags: [String]
}

struct Listing: Encodable {
    var total: Int
    var items: [Item]
}

let port = UInt16(CommandLine.arguments[1])!
let folder = URL(fileURLWithPath: CommandLine.arguments[2])
let listing = Listing(
    total: 12, items: (0..<12).map { Item(id: $0, name: "run \($0)", value: Double($0) * 1.25 + 0.5, tags: ["ns-gan", "mnist"]) })

let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
await server.appendRoute("GET /hello") { _ in HTTPResponse(statusCode: .ok, body: Data("Hello, world!".utf8)) }
await server.appendRoute("GET /json") { _ in
    HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: try JSONEncoder().encode(listing))
}
await server.appendRoute("GET /*", to: DirectoryHTTPHandler(root: folder))
try await server.run()
