import Canonical
import Studies

/// A status line on a terminal that is overwritten repeatedly; no output if standard error is not a terminal.
struct ProgressLine {
    private let isShown: Bool
    private var length = 0

    init(isQuiet: Bool) {
        isShown = Console.errorIsTerminal && !isQuiet
    }

    mutating func show(_ text: String) {
        guard isShown else { return }
        let text = String(TerminalText.escaped(text, keepsLines: false).prefix(118))
        Console.overwrite(text + String(repeating: " ", count: max(0, length - text.count)))
        length = text.count
    }

    mutating func clear() {
        guard isShown, length > 0 else { return }
        Console.overwrite(String(repeating: " ", count: length) + "\r")
        length = 0
    }

    /// Percentage, rate, and remaining time of a run, from its JSON.
    static func text(ofRun run: JSONValue) -> String {
        let step = run["step"]?.integerValue ?? 0, steps = max(1, run["steps"]?.integerValue ?? 1)
        let percent = Int(saturating: 100 * Double(step) / Double(steps))
        var parts = ["\(run["id"]?.stringValue ?? "")  \(run["state"]?.stringValue ?? "")"]
        if let phase = run["phase"]?["name"]?.stringValue, phase != "training" { parts.append(phase) }
        parts.append("\(percent) %  step \(step) of \(steps)")
        if let rate = run["rate"]?.numberValue { parts.append("\(Duration.short(rate)) steps/s") }
        if let remaining = run["remaining_seconds"]?.numberValue { parts.append("\(Duration.text(seconds: remaining)) left") }
        if let objective = MetricWords.objective(of: run), let best = run["best"]?[objective]?["value"]?.numberValue {
            parts.append("best \(MetricChoice.label(of: objective)) \(Duration.short(best))")
        }
        return parts.joined(separator: "  ")
    }

    /// The same for a study.
    static func text(ofStudy study: JSONValue) -> String {
        let runs = study["runs"]
        var parts = ["\(study["name"]?.stringValue ?? "")  \(study["state"]?.stringValue ?? "")"]
        parts.append("\(Int(saturating: 100 * (study["progress"]?.numberValue ?? 0))) %")
        parts.append("\(runs?["done"]?.integerValue ?? 0) of \(runs?["total"]?.integerValue ?? 0) runs done")
        if let remaining = study["remaining_seconds"]?.numberValue { parts.append("\(Duration.text(seconds: remaining)) left") }
        return parts.joined(separator: "  ")
    }
}

extension Duration {
    /// Such as "45 s", "12 min", or "3 h 20 min".
    static func text(seconds: Double) -> String {
        let whole = Int(saturating: min(max(0, seconds), 1e9).rounded())
        if whole < 90 { return "\(whole) s" }
        let minutes = (whole + 30) / 60
        return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// A number with about three significant digits.
    static func short(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
        let factor: Double = abs(number) >= 100 ? 1 : abs(number) >= 10 ? 10 : 100
        let rounded = (number * factor).rounded() / factor
        return factor == 1 ? "\(Int(rounded))" : "\(rounded)"
    }
}
