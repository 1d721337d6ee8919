#if canImport(Glibc)
    import CEpoll
    import Glibc
#else
    import Darwin
#endif

/// File systems that several machines share, by the number that `statfs` gives them (linux/magic.h, and the sources of Lustre, GPFS, and BeeGFS).
public enum NetworkFileSystem: String, Sendable, CaseIterable {
    case nfs = "NFS", lustre = "Lustre", gpfs = "GPFS", beeGFS = "BeeGFS", smb = "SMB", ceph = "CephFS", afs = "AFS"

    /// The kind with this number; nil for the file system of one machine, and for one that is not known.
    public init?(magic: UInt64) {
        switch magic & 0xffff_ffff {
        case 0x6969: self = .nfs
        case 0x0bd0_0bd0: self = .lustre
        case 0x4750_4653: self = .gpfs
        case 0x1983_0326: self = .beeGFS
        case 0x517b, 0xff53_4d42, 0xfe53_4d42: self = .smb
        case 0x00c3_6400: self = .ceph
        case 0x5346_414f: self = .afs
        default: return nil
        }
    }

    /// The kind of a path, or of the nearest folder above it that exists.
    public init?(of path: String) {
        var status = statfs()
        var place = path
        while unsafe statfs(place, &status) != 0 {
            guard errno == ENOENT, let slash = place.lastIndex(of: "/"), slash > place.startIndex else { return nil }
            place = String(place[..<slash])
        }
        self.init(magic: UInt64(truncatingIfNeeded: status.f_type))
    }

    /// What is wrong with a catalog on it, and what to do.
    public func caution(catalog path: String) -> (problem: String, advice: String) {
        (
            "The catalog \(path) is on \(rawValue). SQLite's write-ahead log is for the disks of one machine: a second machine that opens it, or a lost connection, can damage it.",
            "Stop the server, move the catalog's files (\(path), -wal, -shm) to a local disk, and start it with --catalog and their new path; the storage folder stays where it is."
        )
    }
}
