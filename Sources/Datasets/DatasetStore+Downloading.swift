import Foundation

extension DatasetStore {
    /// Fetches the files of a known data set from their public addresses, checks them by digest, and adds them. What was fetched before a
    /// break of the connection is kept in `root/NAME/download` and not fetched again; after the data set was added it is removed.
    /// - Errors: a data set without public addresses; a connection that stays broken; a file with a wrong digest, with both digests.
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
    /// A folder whose removal matters to nobody.
    private static func removeFolder(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
