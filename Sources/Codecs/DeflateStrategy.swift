/// What the compressor searches for.
public enum DeflateStrategy: Sendable, CaseIterable {
    /// Repeated byte sequences: text, most files.
    case words
    /// Runs of a single byte, and uneven byte frequencies. On float32 network weights it is four times as
    /// fast as the fastest level of `.words` and compresses slightly better (to 92.7 instead of 93.0 percent).
    case runs
}
