import Events

/// A grid of samples generated from the run's fixed latents at one step.
public struct SampleRecord: Sendable, Equatable {
    /// Completed training steps.
    public var step: Int
    /// Relative to the run's folder.
    public var file: String
    /// Digest of the raw pixels, not of the PNG.
    public var digest: String
    /// Rows of the grid.
    public var rows: Int
    /// Columns of the grid.
    public var columns: Int
    /// Width of one image in pixels.
    public var width: Int
    /// Height of one image in pixels.
    public var height: Int
    /// Channels of one image: 1 or 3.
    public var channels: Int

    /// Makes a record from its columns.
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
