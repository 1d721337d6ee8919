import Canonical

/// One row of the report.
struct BenchResult {
    enum Value {
        case seconds(BenchTimes)
        case bytes(Double)
    }

    var name: String
    var title: String
    var value: Value
    /// Floating-point operations of the matrix products in one run.
    var operations: Double?
    /// Bytes of memory traffic that one run requires.
    var bytes: Double?
    /// Further fields of the JSON report.
    var details: [String: JSONValue] = [:]
    /// The machine's peak rates.
    private var roofline: Roofline?

    init(name: String, title: String, value: Value, operations: Double? = nil, bytes: Double? = nil, details: [String: JSONValue] = [:]) {
        (self.name, self.title, self.value, self.operations, self.bytes, self.details) = (name, title, value, operations, bytes, details)
    }

    /// A copy that reports fractions of the machine's peak rates.
    func under(_ roofline: Roofline) -> BenchResult {
        var result = self
        result.roofline = roofline
        return result
    }

    private func shareOfPeak(_ times: BenchTimes) -> Double? {
        guard let operations, operations > 0, let roofline else { return nil }
        return operations / times.median / roofline.operationsPerSecond
    }

    private func shareOfBandwidth(_ times: BenchTimes) -> Double? {
        guard let bytes, let roofline else { return nil }
        return bytes / times.median / roofline.bytesPerSecond
    }

    var json: JSONValue {
        var fields = details
        fields["name"] = .string(name)
        fields["title"] = .string(title)
        switch value {
        case .seconds(let times):
            fields["seconds"] = times.json
            if let operations { fields["gflops"] = .number(operations / times.median / 1e9) }
            if let bytes { fields["gigabytes_per_second"] = .number(bytes / times.median / 1e9) }
            if let share = shareOfPeak(times) { fields["share_of_peak"] = .number(share) }
            if let share = shareOfBandwidth(times) { fields["share_of_bandwidth"] = .number(share) }
        case .bytes(let count): fields["bytes"] = .number(count)
        }
        return .object(fields)
    }

    /// Columns: name, work, median, spread, rate.
    var row: [String] {
        switch value {
        case .bytes(let count): return [name, title, Self.fixed(count / 1e6, 1) + " MB", "", ""]
        case .seconds(let times):
            let spread = "\(Self.time(times.minimum)) to \(Self.time(times.maximum)), \(times.count) runs"
            var rates: [String] = []
            if let operations, operations > 0 { rates.append(Self.fixed(operations / times.median / 1e9, 0) + " GFLOP/s") }
            if let share = shareOfPeak(times) { rates.append(Self.fixed(share * 100, 0) + " % of peak") }
            if let bytes { rates.append(Self.fixed(bytes / times.median / 1e9, 1) + " GB/s") }
            if let share = shareOfBandwidth(times) { rates.append(Self.fixed(share * 100, 0) + " % of bandwidth") }
            return [name, title, Self.time(times.median), spread, rates.joined(separator: ", ")]
        }
    }

    private static func time(_ seconds: Double) -> String {
        seconds < 1e-3 ? fixed(seconds * 1e6, 1) + " us" : seconds < 2 ? fixed(seconds * 1e3, 2) + " ms" : fixed(seconds, 2) + " s"
    }

    /// A number with a fixed number of decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        guard abs(value * scale) < 1e15 else { return "\(value)" }
        let units = Int64((value * scale).rounded())
        if decimals == 0 { return "\(units)" }
        let fraction = String(units.magnitude % UInt64(scale))
        let whole = units.magnitude / UInt64(scale)
        return (units < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
