// HummingbirdPeer PORT FOLDER: what `measure.py` asks of every server.
import Hummingbird
import Logging

struct Item: ResponseEncodable {
    var id: Int
    var name: String
    var value: Double
    var tags: [String]
}

struct Listing: ResponseEncodable {
    var total: Int
    var items: [Item]
}

let port = Int(CommandLine.arguments[1])!
let folder = CommandLine.arguments[2]
let listing = Listing(
    total: 12, items: (0..<12).map { Item(id: $0, name: "run \($0)", value: Double($0) * 1.25 + 0.5, tags: ["ns-gan", "mnist"]) })

var logger = Logger(label: "peer")
logger.logLevel = .error
let router = Router()
router.add(middleware: FileMiddleware(folder, searchForIndexHtml: false))
router.get("hello") { _, _ in "Hello, world!" }
router.get("json") { _, _ in listing }
let app = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
try await app.runService()
