import Canonical
import Catalog
import Datasets
import Foundation
public import Storage

/// Checks an installation: its storage folder and contents, and the machine. It changes nothing and can run next to a server.
public struct Doctor: Sendable {
    let storage: StorageFolder
    /// How many archives are read and compared with their digests; nil for all.
    let samples: Int?
    let port: Int

    /// Prepares the checks. - Parameter port: the server's first port.
    public init(storage: StorageFolder, samples: Int? = 10, port: Int = 8642) {
        self.storage = storage
        self.samples = samples
        self.port = port
    }

    /// Every check, ordered so that earlier findings explain later ones.
    public func examine() -> [Finding] {
        var findings = [storageFolder()]
        if findings[0].verdict != .problem {
            findings += [privacy(), lock(), disk()]
            findings += catalogAndArchives()
            findings += datasets()
            findings.append(encoders())
        }
        return findings + [codecs(), kernels(), descriptors(), ports()]
    }

    private func storageFolder() -> Finding {
        let subject = "storage"
        guard FileSystem.isFolder(storage.root) else {
            return .problem(subject, "There is no folder \(storage.root).", advice: "Start `fidelio serve` once, or name the folder with --storage.")
        }
        let probe = storage.root + "/.doctor-\(UUID().uuidString)"
        do {
            try Data([1]).write(to: URL(fileURLWithPath: probe))
            try FileManager.default.removeItem(atPath: probe)
            return .good(subject, "\(storage.root) can be written.")
        } catch {
            return .problem(
                subject, "\(storage.root) cannot be written: \(ErrorSentence.of(error))",
                advice: "Give the folder to the user that runs Fidelio, or make room on its disk.")
        }
    }

    private func privacy() -> Finding {
        let mode = (try? FileManager.default.attributesOfItem(atPath: storage.root)[.posixPermissions] as? Int) ?? 0
        guard mode & 0o077 != 0 else { return .good("privacy", "Only its owner may look into the storage folder.") }
        return .warning(
            "privacy", "Others on this machine may look into the storage folder (mode \(String(mode, radix: 8))).",
            advice: "chmod 700 \(storage.root)")
    }

    private func lock() -> Finding {
        guard let process = FileLock.holder(of: storage.lock) else { return .good("server", "No server has the storage.") }
        if let file = ServerFile.live(in: storage) { return .good("server", "Process \(process) serves it at \(file.url).") }
        return .warning(
            "server", "Process \(process) holds the storage, and no server can be reached.",
            advice: "A command such as `fidelio run` may be running. If nothing is, look at process \(process).")
    }

    private func disk() -> Finding {
        let free = try? FileManager.default.attributesOfFileSystem(forPath: storage.root)[.systemFreeSize] as? Int64
        guard let free else { return .warning("disk", "How much room is left cannot be told.", advice: "Look with df -h \(storage.root).") }
        let sentence = "\(ByteCount.text(free)) are free."
        if free < HealthProbes.leastFreeBytes {
            return .problem("disk", sentence, advice: "Make room: runs that cannot save are lost from their last checkpoint on.")
        }
        return free < 5 << 30 ? .warning("disk", sentence, advice: "Make room before long studies.") : .good("disk", sentence)
    }
}
