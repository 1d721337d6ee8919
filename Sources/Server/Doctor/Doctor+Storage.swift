import Archives
import Canonical
import Catalog
import Datasets
import Foundation
import Storage

extension Doctor {
    func catalogAndArchives() -> [Finding] {
        let catalog: Catalog
        do {
            catalog = try Catalog.openForReading(at: storage.catalog)
        } catch CatalogError.missing {
            return [.good("catalog", "No catalog yet; the first start creates it.")]
        } catch {
            return [.problem("catalog", "\(error)", advice: "Restore fidelio.sqlite from a backup, or use a newer Fidelio if it says so.")]
        }
        defer { try? catalog.close() }
        do {
            let problems = try catalog.readNow { try $0.integrityProblems() }
            guard problems.isEmpty else {
                return [
                    .problem(
                        "catalog", "SQLite's integrity check reports damage: \(problems.prefix(3).joined(separator: "; "))",
                        advice: "Stop the server, keep a copy of the folder, and restore fidelio.sqlite from a backup.")
                ]
            }
            let (schema, runs) = try catalog.readNow { (try $0.schemaVersion(), try $0.page(ListQuery(limit: 1)).total) }
            return [.good("catalog", "Schema \(schema), \(runs) runs, integrity check passed."), verifications(catalog), archives(catalog)]
        } catch {
            return [.problem("catalog", "\(error)", advice: "Restore fidelio.sqlite from a backup.")]
        }
    }

    /// The results of reruns. Runs of one specification must never differ.
    private func verifications(_ catalog: Catalog) -> Finding {
        let subject = "reruns"
        do {
            let all = try catalog.readNow { try $0.verifications() }
            guard !all.isEmpty else { return .good(subject, "There is none yet.") }
            let counts = Dictionary(grouping: all, by: \.state).mapValues(\.count)
            let sentence = [(VerificationRecord.State.identical, "identical"), (.different, "different"), (.inconclusive, "without a verdict"), (.running, "not compared yet")]
                .compactMap { state, words in counts[state].map { "\($0) \(words)" } }.joined(separator: ", ")
            guard let different = all.last(where: { $0.state == .different }) else { return .good(subject, "\(sentence).") }
            return .problem(
                subject, "\(sentence); the newest different one is \(different.rerun).",
                advice: "`fidelio show \(different.rerun)` reports the first difference. Test the memory of the machines, and rerun both on these and on other machines.")
        } catch {
            return .problem(subject, "\(error)", advice: "Restore fidelio.sqlite from a backup.")
        }
    }

    /// Reads archives that runs refer to, spread over the catalog, and compares them with their digests.
    private func archives(_ catalog: Catalog) -> Finding {
        let subject = "archives"
        do {
            let (digests, removed) = try catalog.readNow { (try $0.checkpointDigests(), try $0.countRemovedCheckpoints()) }
            guard !digests.isEmpty else { return .good(subject, "There is none yet.") }
            let stride = max(1, digests.count / max(1, samples ?? digests.count))
            let chosen = Swift.stride(from: 0, to: digests.count, by: stride).map { digests[$0] }
            let store = try ArchiveStore(root: storage.archives)
            var wrong: [String] = []
            for digest in chosen {
                do { _ = try store.read(Digest(hex: digest)) } catch { wrong.append("\(digest.prefix(12)): \(error)") }
            }
            guard wrong.isEmpty else {
                return .problem(
                    subject, "\(wrong.count) of \(chosen.count) checked files are damaged: \(wrong.prefix(2).joined(separator: "; "))",
                    advice: "Restore them from a backup, or rerun their runs: the same specification gives the same bytes.")
            }
            let others = removed > 0 ? " \(removed) checkpoints were removed on purpose or left out of a bundle, and have none." : ""
            return .good(subject, "\(chosen.count) of \(digests.count) checked; all digests match.\(others)")
        } catch {
            return .problem(subject, "\(error)", advice: "Inspect the folder \(storage.archives).")
        }
    }

    func datasets() -> [Finding] {
        let store = DatasetStore(root: storage.datasets)
        let unreadable = store.unreadableRecords.map { error in
            Finding.problem("data sets", "\(error)", advice: "Restore the file from a backup, or remove its folder and add the data set again.")
        }
        return unreadable + store.list().filter { $0.bytes != nil }.map { status in
            let name = status.description.name
            do {
                _ = try store.load(name)
                return .good("data set \(name)", "The digest matches.")
            } catch {
                return .problem("data set \(name)", "\(error)", advice: "Add it again: fidelio dataset add \(name)")
            }
        }
    }

    func encoders() -> Finding {
        let files = ((try? FileSystem.names(in: storage.encoders)) ?? []).filter { $0.hasSuffix(".npz") }
        guard !files.isEmpty else { return .good("encoders", "No feature extractor yet; the first evaluation trains it.") }
        let wrong = files.filter { (try? Archive.read(storage.encoders + "/" + $0)) == nil }
        guard wrong.isEmpty else {
            return .problem(
                "encoders", "Damaged: \(wrong.joined(separator: ", "))",
                advice: "Remove the damaged files from \(storage.encoders); the next evaluation trains identical ones.")
        }
        return .good("encoders", "\(files.count) checked; all digests match.")
    }
}
