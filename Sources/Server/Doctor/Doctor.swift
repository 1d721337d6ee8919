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
            findings += [privacy(), lock(), disk(), sharing()]
            findings += catalogAndArchives()
            findings += datasets()
            findings.append(encoders())
        }
        return findings + [codecs(), kernels(), descriptors(), ports()]
    }

    private func storageFolder() -> Finding {
        let subject = "storage"
        guard FileSystem.isFolder(storage.root) else {
            return .problem(subject, "The folder \(storage.root) does not exist.", advice: "Start `fidelio serve` once, or pass the folder with --storage.")
        }
        let probe = storage.root + "/.doctor-\(UUID().uuidString)"
        do {
            try Data([1]).write(to: URL(fileURLWithPath: probe))
            try FileManager.default.removeItem(atPath: probe)
            return .good(subject, "\(storage.root) is writable.")
        } catch {
            return .problem(
                subject, "\(storage.root) is not writable: \(ErrorSentence.of(error))",
                advice: "Make the user that runs Fidelio the owner of the folder, or free space on its disk.")
        }
    }

    private func privacy() -> Finding {
        let mode = (try? FileManager.default.attributesOfItem(atPath: storage.root)[.posixPermissions] as? Int) ?? 0
        guard mode & 0o077 != 0 else { return .good("privacy", "Only the owner of the storage folder can read it.") }
        return .warning(
            "privacy", "Other users of this machine can read the storage folder (mode \(String(mode, radix: 8))).",
            advice: "chmod 700 \(storage.root)")
    }

    private func lock() -> Finding {
        guard let process = FileLock.holder(of: storage.lock) else { return .good("server", "No server is using the storage.") }
        if let file = ServerFile.live(in: storage) { return .good("server", "Process \(process) is serving the storage at \(file.url).") }
        return .warning(
            "server", "Process \(process) has locked the storage, but no server is reachable.",
            advice: "A command such as `fidelio run` may be running. Otherwise, inspect process \(process).")
    }

    /// Whether the catalog lies on a file system of several machines.
    private func sharing() -> Finding {
        if let network = NetworkFileSystem(of: storage.catalog) {
            let caution = network.caution(catalog: storage.catalog)
            return .problem("file system", caution.problem, advice: caution.advice)
        }
        let apart = storage.hasCatalogApart ? "; the catalog is \(storage.catalog), on this machine" : ""
        guard let network = NetworkFileSystem(of: storage.root) else { return .good("file system", "The storage folder is on a disk of this machine\(apart).") }
        return .good("file system", "The storage folder is on \(network.rawValue)\(apart).")
    }

    private func disk() -> Finding {
        let free = try? FileManager.default.attributesOfFileSystem(forPath: storage.root)[.systemFreeSize] as? Int64
        guard let free else { return .warning("disk", "The free disk space cannot be determined.", advice: "Check with df -h \(storage.root).") }
        let sentence = "\(ByteCount.text(free)) free."
        if free < HealthProbes.leastFreeBytes {
            return .problem("disk", sentence, advice: "Free disk space: runs that cannot save lose their progress since the last checkpoint.")
        }
        return free < 5 << 30 ? .warning("disk", sentence, advice: "Free disk space before starting long studies.") : .good("disk", sentence)
    }
}
