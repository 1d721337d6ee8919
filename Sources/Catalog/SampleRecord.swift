import Events

/// A grid of samples from the run's fixed latents at one step.
public struct SampleRecord: Sendable, Equatable {
    public var step: Int
    /// Relative to the run's folder.
    public var file: String
    /// Of the raw pixels, not of the PNG.
    public var digest: String
    public var rows: Int
    public var columns: Int
    public var width: Int
    public var height: Int
    public var channels: Int

    public init(step: Int, file: String, digest: String, rows: Int, columns: Int, width: Int, height: Int, channels: Int) {
        self.step = step
        self.file = file
        self.digest = digest
        self.rows = rows
        self.columns = columns
        self.width = width
        self.height = height
        self.channels = channels
    }

    init(_ event: RunEvent.Samples) {
        self.init(
            step: event.step, file: event.file, digest: event.digest, rows: event.rows, columns: event.columns, width: event.width, height: event.height,
            channels: event.channels)
    }
}
