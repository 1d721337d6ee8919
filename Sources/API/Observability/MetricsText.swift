import Canonical

/// Prometheus' text format, version 0.0.4: families with help and type, one sample per line.
struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""
    private var name = ""

    /// Starts a family; the samples added next belong to it.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func add(_ value: Double, _ labels: [(String, String)] = [], suffix: String = "") {
        let inner = labels.map { "\($0)=\"\(MetricsText.escaped($1))\"" }.joined(separator: ",")
        text += name + suffix + (inner.isEmpty ? "" : "{\(inner)}") + " \(MetricsText.number(value))\n"
    }

    /// A family with one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        add(value)
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return JSONNumber.text(value)
    }

    private static func escaped(_ text: String) -> String {
        text.backslashed("\\\"").unicodeScalars.reduce(into: "") { $0 += $1 == "\n" ? "\\n" : String($1) }
    }
}
