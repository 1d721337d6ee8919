/// What was decided for the whole queue, for a study, or for the runs of a member. It is stored, and holds until it is changed.
public struct QueueRule: Sendable, Equatable {
    /// What a rule concerns. A study or member without a name stands for every one that has no limit of its own.
    public struct Subject: Sendable, Hashable {
        /// The whole queue, a study, or a member.
        public var scope: HistoryEntry.Scope
        /// The id of the study or member; empty for the whole queue and for every study or member.
        public var target: String

        /// Names a subject.
        public init(_ scope: HistoryEntry.Scope, _ target: String = "") {
            self.scope = scope
            self.target = target
        }

        /// The whole queue.
        public static let queue = Subject(.queue)
        /// Every study without a limit of its own.
        public static let studies = Subject(.study)
        /// Every member without a limit of their own.
        public static let members = Subject(.member)
    }

    /// What happens to running work when nothing more may start.
    public enum RunningWork: String, Sendable, CaseIterable {
        /// It goes on to its end.
        case finish
        /// It saves, ends, and goes back to the queue.
        case save
    }

    /// What it concerns.
    public var subject: Subject
    /// Set while it is paused: nothing starts.
    public var paused: RunningWork?
    /// The most runs and evaluations at a time; nil for no limit.
    public var limit: Int?
    /// When something may start; nil for always.
    public var window: QueueWindow?

    /// Makes a rule.
    public init(_ subject: Subject, paused: RunningWork? = nil, limit: Int? = nil, window: QueueWindow? = nil) {
        self.subject = subject
        self.paused = paused
        self.limit = limit
        self.window = window
    }

    /// Whether it restricts nothing.
    public var isEmpty: Bool { paused == nil && limit == nil && window == nil }
}

/// The hours of a day in which work may start.
public struct QueueWindow: Sendable, Equatable {
    /// The minutes of a day.
    public static let minutes = 0...1439

    /// The minute of the day from which on something may start.
    public var opens: Int
    /// The minute of the day from which on nothing may start; before `opens` it is that of the next day.
    public var closes: Int
    /// The IANA name of the time zone, such as "Europe/Berlin".
    public var timeZone: String
    /// What happens to running work then.
    public var atClose: QueueRule.RunningWork

    /// Makes a window.
    public init(opens: Int, closes: Int, timeZone: String, atClose: QueueRule.RunningWork = .finish) {
        self.opens = opens
        self.closes = closes
        self.timeZone = timeZone
        self.atClose = atClose
    }

    /// Whether work may start in this minute of the day.
    public func isOpen(atMinute minute: Int) -> Bool {
        opens < closes ? opens <= minute && minute < closes : opens <= minute || minute < closes
    }
}

/// A change of a rule, or of all queued runs of a study.
public struct QueueChange: Sendable, Equatable {
    /// Unix seconds.
    public var time: Double
    /// Who made it: a member's name, or "local".
    public var actor: String
    /// What it concerns.
    public var subject: QueueRule.Subject
    /// What was changed and why, in one sentence.
    public var change: String

    /// Makes a change.
    public init(time: Double, actor: String, subject: QueueRule.Subject, change: String) {
        self.time = time
        self.actor = actor
        self.subject = subject
        self.change = change
    }
}
