/// What the files of CIFAR-10 must be. Any one of the three will do.
public struct CIFARFiles: Sendable, Hashable {
    /// The archive of binary batches.
    public let binaryArchive: DatasetDescription.ExpectedFile
    /// The archive of Python batches.
    public let pythonArchive: DatasetDescription.ExpectedFile
    /// The unpacked Python batches: the training batches in order, and then the test batch. (No digests of the single binary batches
    /// were published, so these are only taken in their archive.)
    public let pythonBatches: [DatasetDescription.ExpectedFile]
}
