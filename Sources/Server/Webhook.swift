import Canonical
import Execution
import Foundation
import Logging

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Tells an address that the owner chose that a study, or a run of no study, has ended: one POST of JSON each, repeated a few times where nobody answers.
struct Webhook: Sendable {
    let address: URL
    /// The address of this server, for links in the messages.
    let server: String
    let logger: Logger
    /// Ends before this time, in Unix seconds, are not told again after a restart.
    let began: Double
    /// Seconds before each further try.
    var pauses = [1.0, 10, 60]

    /// Nil for anything but an address of HTTP or HTTPS.
    static func address(_ text: String) -> URL? {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme), url.host?.isEmpty == false else { return nil }
        return url
    }

    /// Sends what the events tell, until they end.
    func follow(_ events: AsyncStream<LiveEvent>) async {
        var told: Set<String> = []
        for await event in events {
            guard let message = message(event, &told) else { continue }
            Task { await send(message) }
        }
    }

    /// The message for an event that tells an end; an end is told once, and again after what ended was resumed.
    func message(_ event: LiveEvent, _ told: inout Set<String>) -> JSONValue? {
        guard ["run", "study"].contains(event.name), let json = try? JSONValue(parsing: Array(event.data.utf8)), let id = json["id"]?.stringValue, let state = json["state"]?.stringValue,
            event.name == "study" || json["study"] == .null
        else { return nil }
        let key = "\(event.name) \(id)"
        guard !["queued", "running"].contains(state), let finished = json["finished"]?.numberValue else {
            told.remove(key)
            return nil
        }
        guard finished >= began, told.insert(key).inserted else { return nil }
        let kept = ["id", "name", "state", "outcome", "outcomes", "finished", "message", "model", "dataset"].reduce(into: [String: JSONValue]()) { $0[$1] = json[$1] }
        return .object(["event": .string("\(event.name)-ended"), event.name: .object(kept), "url": .string("\(server)/\(event.name == "study" ? "studies" : "runs")/\(id)")])
    }

    private func send(_ message: JSONValue) async {
        var request = URLRequest(url: address, timeoutInterval: 10)
        request.httpMethod = "POST"
        request.httpBody = Data(message.canonicalBytes)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        for pause in [0] + pauses {
            if pause > 0 { try? await Task.sleep(for: .seconds(pause)) }
            if let (_, response) = try? await URLSession.shared.data(for: request), let status = (response as? HTTPURLResponse)?.statusCode, (200..<300).contains(status) { return }
        }
        logger.warning("the webhook \(address.host ?? "") did not accept the message \(message["event"]?.stringValue ?? "")")
    }
}
