/// The published files of CIFAR-10. Any one of the three variants is sufficient.
public struct CIFARFiles: Sendable, Hashable {
    /// The archive of binary batches.
    public let binaryArchive: DatasetDescription.ExpectedFile
    /// The archive of Python batches.
    public let pythonArchive: DatasetDescription.ExpectedFile
    /// The unpacked Python batches: the training batches in order, then the test batch. (No digests of individual binary batches
    /// were published, so these are only read from their archive.)
    public let pythonBatches: [DatasetDescription.ExpectedFile]
}
