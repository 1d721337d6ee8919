/// The parts of a DevTools message that `Browser` uses.
struct DevToolsMessage: Decodable, Sendable {
    struct Failure: Decodable, Sendable { let message: String }

    struct Target: Decodable, Sendable {
        let targetId: String
        let type: String
    }

    /// A JavaScript value; only text values are kept.
    struct Value: Decodable, Sendable {
        let text: String?

        private enum Keys: String, CodingKey { case value, description }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Keys.self)
            text = (try? fields.decode(String.self, forKey: .value)) ?? (try? fields.decode(String.self, forKey: .description))
        }
    }

    struct Exception: Decodable, Sendable {
        let text: String
        let exception: Value?
        var words: String { exception?.text ?? text }
    }

    struct LogEntry: Decodable, Sendable {
        let level: String
        let text: String
        let url: String?
    }

    struct Outcome: Decodable, Sendable {
        let sessionId: String?
        let targetInfos: [Target]?
        let result: Value?
        let exceptionDetails: Exception?
        let data: String?
    }

    struct Parameters: Decodable, Sendable {
        let type: String?
        let args: [Value]?
        let exceptionDetails: Exception?
        let entry: LogEntry?
    }

    let id: Int?
    let method: String?
    let result: Outcome?
    let params: Parameters?
    let error: Failure?

    /// A problem of the page, if this message reports one.
    var complaint: String? {
        switch method {
        case "Runtime.exceptionThrown": return params?.exceptionDetails?.words
        case "Runtime.consoleAPICalled":
            guard let params, let type = params.type, ["error", "warning", "assert"].contains(type) else { return nil }
            return "console \(type): " + (params.args ?? []).map { $0.text ?? "?" }.joined(separator: " ")
        case "Log.entryAdded":
            guard let entry = params?.entry, ["error", "warning"].contains(entry.level) else { return nil }
            return "\(entry.text) \(entry.url ?? "")"
        default: return nil
        }
    }
}
