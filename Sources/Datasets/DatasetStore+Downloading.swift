import Foundation

extension DatasetStore {
    /// Downloads the files of a built-in data set, verifies their digests, and adds them. Partial downloads are kept in
    /// `root/NAME/download` and resumed; the folder is removed after the data set has been added.
    /// - Errors: a data set without download URLs; repeated connection failures; a wrong digest, with both digests.
    @discardableResult
    public func download(_ name: String, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> Status {
        try download(try DatasetDescription.named(name), progress: progress)
    }

    @discardableResult
    func download(_ description: DatasetDescription, progress: (DatasetProgress) -> Void) throws(DatasetError) -> Status {
        guard !description.isMadeByProgram else { throw .needsNoFiles(name: description.name) }
        let downloads = description.downloads
        guard !downloads.isEmpty else { throw .notDownloadable(name: description.name) }
        let folder = "\(root)/\(description.name)/download"
        for (i, download) in downloads.enumerated() {
            _ = try FileDownload(download: download, folder: folder).fetch { done, total in
                let share = total.map { $0 > 0 ? Double(done) / Double($0) : 0 } ?? 0
                let activity = "Fetching \(download.file), \(done / 1_000_000)" + (total.map { " of \($0 / 1_000_000) MB" } ?? " MB")
                progress(DatasetProgress(activity: activity, fraction: 0.7 * (Double(i) + min(1, share)) / Double(downloads.count)))
            }
        }
        let status = try add(description, from: folder) { step in
            progress(DatasetProgress(activity: step.activity, fraction: 0.7 + 0.3 * step.fraction))
        }
        Self.removeFolder(folder)
        return status
    }
}

extension DatasetStore {
    /// Removes a folder, ignoring errors.
    private static func removeFolder(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
