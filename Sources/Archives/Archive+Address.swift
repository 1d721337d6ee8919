public import Canonical

extension Archive {
    /// The address of an archive file, read in pieces: memory stays bounded however large the file says that its arrays are. Nothing is decoded.
    /// - Parameter limit: the most uncompressed bytes
    /// - Errors: `ArchiveError` for damage, for members that no archive has, and beyond the limit
    public static func address(ofFile path: String, limit: Int = 1 << 34) throws(ArchiveError) -> Digest {
        let file: FileReader
        do throws(FileError) {
            file = try FileReader(path)
        } catch {
            throw ArchiveError(file: path, .file(error))
        }
        do throws(ArchiveError) {
            let entries = try ZipDirectory(file, most: 1 << 20).entries.sorted { $0.nameBytes.lexicographicallyPrecedes($1.nameBytes) }
            var builder = addressBuilder(), total = 0
            for entry in entries {
                guard entry.name == manifestMember || Npz.isArray(entry.name) else { throw ArchiveError(member: entry.name, .format("is not allowed in an archive")) }
                let (sum, overflow) = total.addingReportingOverflow(entry.size)
                guard !overflow, sum <= limit else { throw ArchiveError(member: entry.name, .tooLarge(bytes: overflow ? .max : sum, limit: limit)) }
                total = sum
                begin(entry.name, entry.size, &builder)
                let stream = try ZipMemberStream(entry, in: file)
                repeat {
                    let piece = try stream.next(1 << 18)
                    builder.update(piece)
                } while stream.offset < entry.size
            }
            return builder.finish()
        } catch {
            throw error.located(file: path)
        }
    }

    static func addressBuilder() -> Digest.Builder {
        var builder = Digest.Builder()
        builder.update("fidelio archive \(format)\n")
        return builder
    }

    /// The name of a member and the length of its content, which stand before the content.
    static func begin(_ name: String, _ count: Int, _ builder: inout Digest.Builder) {
        var writer = ByteWriter()
        writer.append(UInt64(name.utf8.count))
        writer.append(Array(name.utf8))
        writer.append(UInt64(count))
        builder.update(writer.bytes)
    }
}
