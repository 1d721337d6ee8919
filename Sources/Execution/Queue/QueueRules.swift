import Canonical
package import Catalog
import Foundation

/// The rules of the queue at one moment, as a value.
package struct QueueRules: Sendable, Equatable {
    private var rules: [QueueRule.Subject: QueueRule] = [:]

    /// No rules: everything may start.
    package init() {}

    package init(_ rules: [QueueRule]) {
        for rule in rules { self.rules[rule.subject] = rule }
    }

    /// The rule for a subject; one that restricts nothing if there is none.
    package subscript(subject: QueueRule.Subject) -> QueueRule {
        get { rules[subject] ?? QueueRule(subject) }
        set { rules[subject] = newValue.isEmpty ? nil : newValue }
    }

    /// Every rule, in a fixed order.
    package var all: [QueueRule] {
        rules.values.sorted { ($0.subject.scope.rawValue, $0.subject.target) < ($1.subject.scope.rawValue, $1.subject.target) }
    }

    var hasWindows: Bool { rules.values.contains { $0.window != nil } }

    /// The most jobs of a study at a time; nil for no limit.
    package func limit(ofStudy id: String) -> Int? { self[.init(.study, id)].limit ?? self[.studies].limit }

    /// The most jobs of a member at a time; nil for no limit.
    package func limit(ofMember id: String) -> Int? { self[.init(.member, id)].limit ?? self[.members].limit }

    /// Why nothing of the queue, or of a study, may start now; nil if something may.
    func closure(of subject: QueueRule.Subject, at time: Double) -> QueueObstacle? {
        let rule = self[subject]
        if rule.paused != nil { return .paused(subject.scope) }
        if let window = rule.window, !window.isOpen(at: time) { return .outsideWindow(subject.scope, opens: window.nextOpening(after: time)) }
        return nil
    }

    /// Whether running jobs of a study have to save and go back to the queue now.
    func stops(study: String?, at time: Double) -> Bool {
        func stops(_ rule: QueueRule) -> Bool {
            if rule.paused == .save { return true }
            guard let window = rule.window, window.atClose == .save else { return false }
            return !window.isOpen(at: time)
        }
        return stops(self[.queue]) || study.map { stops(self[.init(.study, $0)]) } == true
    }

    /// The studies of which nothing may start now, and why.
    func closedStudies(at time: Double) -> [String: QueueObstacle] {
        rules.keys.reduce(into: [:]) { closed, subject in
            if subject.scope == .study, !subject.target.isEmpty { closed[subject.target] = closure(of: subject, at: time) }
        }
    }
}

extension QueueWindow {
    /// Whether work may start at this time, in Unix seconds.
    package func isOpen(at time: Double) -> Bool { isOpen(atMinute: minute(at: time)) }

    /// The next time at which it opens, to the minute; the given time if it is open.
    package func nextOpening(after time: Double) -> Double {
        let current = minute(at: time)
        guard !isOpen(atMinute: current) else { return time }
        var next = ((time / 60).rounded(.down) + Double((opens - current + 1440) % 1440)) * 60
        // A change to or from summer time can lie in between.
        for _ in 0..<180 where !isOpen(at: next) { next += 60 }
        return next
    }

    /// The time that passes until work of some seconds is done which rests outside the window.
    package func elapsed(_ seconds: Double, from time: Double) -> Double {
        let share = Double((closes - opens + 1440) % 1440) / 1440
        let wait = nextOpening(after: time) - time
        // What the first day leaves is done in equal parts of each following one.
        let untilClose = wait > 0 ? share * 86400 : Double((closes - minute(at: time) + 1440) % 1440) * 60
        if seconds <= untilClose { return wait + seconds }
        let (rest, day) = (seconds - untilClose, share * 86400)
        let days = (rest / day).rounded(.up)
        return wait + untilClose + days * (86400 - day) + rest
    }

    private func minute(at time: Double) -> Int {
        let second = min(max(Int(saturating: time), 0), 400_000_000_000)
        let offset = TimeZone(identifier: timeZone)?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) ?? 0
        let seconds = (second + offset) % 86400
        return (seconds + 86400) % 86400 / 60
    }
}

/// What keeps a queued job from starting.
package enum QueueObstacle: Sendable, Equatable, CustomStringConvertible {
    /// The run itself, its study, or the queue is paused.
    case paused(HistoryEntry.Scope)
    /// The hours of the queue, or of the study, are over.
    case outsideWindow(HistoryEntry.Scope, opens: Double)
    /// So many jobs of the queue, the study, or the member are running.
    case limit(HistoryEntry.Scope, Int)
    /// The server was started without the executor that the job asks for.
    case noExecutor(String)
    /// Others are before it.
    case turn

    private static func words(_ scope: HistoryEntry.Scope) -> String {
        switch scope {
        case .queue: "the queue"
        case .study: "its study"
        case .member: "the member who submitted it"
        case .run: "it"
        }
    }

    package var description: String {
        switch self {
        case .paused(let scope): "\(QueueObstacle.words(scope)) is paused"
        case .outsideWindow(let scope, _): "\(QueueObstacle.words(scope)) starts jobs only at certain hours"
        case .limit(let scope, let most): "\(QueueObstacle.words(scope)) may have \(most == 1 ? "1 job" : "\(most) jobs") at a time"
        case .noExecutor(let name): "it asks for the executor \(name), which this server was started without"
        case .turn: "others are before it"
        }
    }

    /// A word for programs.
    package var code: String {
        switch self {
        case .paused(let scope): "\(scope.rawValue)-paused"
        case .outsideWindow(let scope, _): "\(scope.rawValue)-hours"
        case .limit(let scope, _): "\(scope.rawValue)-limit"
        case .noExecutor: "no-executor"
        case .turn: "turn"
        }
    }
}
