using System.Text;
using Baton.Server.Hosting;
using Baton.TestKit.Processes;

namespace Baton.Integration.Tests.Hosting;

/// <summary>
/// Every way a data directory can be something else than one whole cluster: what is done to a good one, and what a start must say about it. The
/// table of docs/decisions/0060.
/// </summary>
internal static class DataDirectoryCases
{
    public static IReadOnlyDictionary<string, (Action<string> Damage, string Says)> All { get; } = new Dictionary<string, (Action<string>, string)>
    {
        ["state: missing beside instances"] = (d => File.Delete(State(d)), "has no cluster.state, but it is not empty: it holds instances/1 (master of shard 1"),
        ["state: empty"] = (d => File.WriteAllText(State(d), ""), "cluster.state is empty"),
        ["state: torn in the header"] = (d => Cut(State(d), 9), "cluster.state is torn in its first line"),
        ["state: torn in the first line"] = (d => Cut(State(d), 200), "cluster.state is torn in its first line"),
        ["state: damaged"] = (d => Edit(State(d), "cluster.local", "cluster.l0cal"), "cluster.state is damaged in line 2"),
        ["state: a folder"] = (d => ToFolder(State(d)), "cluster.state is a folder"),
        ["state: something else"] = (d => File.WriteAllText(State(d), "hello\n"), "cluster.state is not a state file"),
        ["state: from a newer version"] = (d => Edit(State(d), "baton-cluster-state 1", "baton-cluster-state 2"), "is of another version of Baton: its format is 2"),
        ["state: only its .new"] = (d => OnlyNew(d), "has no cluster.state, but it is not empty: it holds"),
        ["state: a folder where it is written anew"] = (d => Directory.CreateDirectory(State(d) + ".new"), "cluster.state.new is a folder"),
        ["lock: a folder"] = (d => ToFolder(Path.Combine(d, "cluster.lock")), "cannot be written to"),
        ["instances: a file"] = (d => ToFile(Path.Combine(d, "instances")), "instances is a file"),
        ["instances: another cluster's"] = (d => Edit(Manifest(d), "\"Id\": \"", "\"Id\": \"0"), "is of another cluster"),
        ["instances: one of a later time"] = (d => CopyFolder(Instance(d), Path.Combine(d, "instances", "99"), "\"InstanceId\": 1,", "\"InstanceId\": 99,"), "instances/99 (master of shard 1 (slots 0-16383) of database db1, epoch 0) is of a later time than the state"),
        ["instances: a master of a later epoch"] = (d => Edit(Manifest(d), "\"Epoch\": 0", "\"Epoch\": 7"), "epoch 7) is of a later time than the state"),
        ["instances: under another's number"] = (d => Edit(Manifest(d), "\"InstanceId\": 1,", "\"InstanceId\": 2,"), "instances/1 holds the data of instance 2"),
        ["instances: gone"] = (d => Directory.Delete(Instance(d), recursive: true), "Data that was promised to be kept is gone: shard 1 (slots 0-16383) of database db1, persistence always"),
        ["instances: all gone"] = (d => Directory.Delete(Path.Combine(d, "instances"), recursive: true), "--accept-loss db1"),
        ["instances: without their log"] = (d => Directory.GetDirectories(Instance(d), "AOF*").ToList().ForEach(log => Directory.Delete(log, recursive: true)), "Data that was promised to be kept is gone"),
        ["users: empty"] = (d => File.WriteAllText(Users(d), ""), "users.json, the file of users, cannot be used: it is damaged"),
        ["users: torn"] = (d => Cut(Users(d), 20), "users.json, the file of users, cannot be used: it is damaged"),
        ["users: no hash"] = (d => File.WriteAllText(Users(d), """{"a": {"salt": "AA==", "hash": "AA==", "iterations": 1}}"""), "users.json, the file of users, cannot be used: it is damaged"),
        ["users: a folder"] = (d => ToFolder(Users(d)), "users.json, the file of users, cannot be used"),
    };

    /// <summary>Everything below a directory: names, content, modes.</summary>
    public static string Photograph(string directory)
    {
        StringBuilder photo = new();
        foreach (var path in Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var content = File.Exists(path) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))) : "folder";
            photo.AppendLine($"{path} {File.GetUnixFileMode(path)} {content}");
        }

        return photo.ToString();
    }

    public static void CopyFolder(string from, string to, string? find = null, string replace = "")
    {
        foreach (var path in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, path)), File.GetUnixFileMode(path));
        }

        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(path, Path.Combine(to, Path.GetRelativePath(from, path)));
        }

        if (find is not null)
        {
            Edit(Path.Combine(to, "instance.json"), find, replace);
        }
    }

    public static string State(string directory) => Path.Combine(directory, "cluster.state");

    public static string Instance(string directory) => Path.Combine(directory, "instances", "1");

    public static void ToFolder(string path)
    {
        File.Delete(path);
        Directory.CreateDirectory(path);
    }

    public static void Cut(string path, int length) => File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);

    private static string Users(string directory) => Path.Combine(directory, "users.json");

    private static string Manifest(string directory) => Path.Combine(Instance(directory), "instance.json");

    private static void Edit(string path, string find, string replace)
    {
        var text = File.ReadAllText(path);
        File.WriteAllText(path, text.Contains(find, StringComparison.Ordinal) ? text.Replace(find, replace, StringComparison.Ordinal) : throw new InvalidOperationException($"{path} has no {find}: {text}"));
    }

    private static void ToFile(string path)
    {
        Directory.Delete(path, recursive: true);
        File.WriteAllText(path, "");
    }

    private static void OnlyNew(string directory)
    {
        File.Move(State(directory), State(directory) + ".new");
        Directory.Delete(Path.Combine(directory, "instances"), recursive: true);
    }
}
