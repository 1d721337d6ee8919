import Figures

/// Views in addresses: the parameters of the API's routes and of the page are the same.
extension ComparisonQuery {
    /// The options of a comparison from the parameters of an address.
    /// - Parameter parameter: the value of a name that the address has, checked against what is allowed; nil where it has none.
    /// - Parameter metric: the one that is shown if the address names none; nil for the objective.
    package init(studies: [String] = [], runs: [String] = [], metric: String? = nil, _ parameter: (String) -> String?) {
        self.init(
            studies: studies, runs: runs, models: parameter("models")?.split(separator: ",").map(String.init) ?? [], metric: parameter("metric") ?? metric,
            selection: parameter("selection").flatMap(Selection.init) ?? .best, mixesProtocols: parameter("mixed") != nil,
            budget: parameter("budget").flatMap(Budget.init) ?? .settings, protocolDigest: parameter("protocol"))
    }

    /// The parameters that `init` reads, without those that are at their defaults.
    fileprivate var parameters: [(String, String)] {
        [
            ("models", models.joined(separator: ",")), ("metric", metric ?? ""), ("selection", selection == .best ? "" : selection.rawValue),
            ("mixed", mixesProtocols ? "mark" : ""), ("budget", budget == .settings ? "" : budget.rawValue), ("protocol", protocolDigest ?? ""),
        ]
    }
}

extension View {
    /// The address of the page that shows the view; of a figure or table the page that has it.
    ///
    /// A comparison of runs that are named one by one is at `/shared`, under the link that names them.
    package var address: String {
        switch content {
        case .page(.run(let run)): "/runs/\(View.encoded(run))"
        case .grid(let run, let step): View.address("/runs/\(View.encoded(run))", [("step", step.map { "\($0)" } ?? "")])
        case .page(.lab(let lab)): "/labs/\(View.encoded(lab))"
        case .page(.study(let study)), .results(let study, _), .curves(let study, _, _): "/studies/\(View.encoded(study))"
        case .overview(let study, _, let scale): View.address("/studies/\(View.encoded(study))", [("scale", scale?.rawValue ?? "")])
        case .groups(let query): View.address(query, .distribution, nil)
        case .compared(let figure, let query, let scale), .page(.comparison(let query, let figure, let scale)): View.address(query, figure, scale)
        }
    }

    /// The address for members; nil for a comparison of runs that are named one by one, whose only page is that of a link that names them.
    package var pageAddress: String? { named.runs.isEmpty || !isComparison ? address : nil }

    private static func address(_ query: ComparisonQuery, _ figure: ComparisonFigure, _ scale: AxisScale?) -> String {
        let source = query.runs.isEmpty ? ("/compare", [("studies", query.studies.joined(separator: ","))]) : ("/shared", [])
        return address(
            source.0, source.1 + query.parameters + [("figure", figure == .distribution ? "" : figure.rawValue), ("scale", scale?.rawValue ?? "")])
    }

    private static func address(_ path: String, _ parameters: [(String, String)]) -> String {
        let items = parameters.filter { !$0.1.isEmpty }.map { "\($0.0)=\(encoded($0.1))" }
        return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
    }

    /// Percent encoding of all but unreserved characters (RFC 3986, section 2.3) and commas.
    package static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
            default: "-._~,".utf8.contains(byte)
            }
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
