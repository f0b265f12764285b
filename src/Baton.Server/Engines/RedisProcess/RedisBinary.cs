using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>A <c>redis-server</c> or <c>valkey-server</c> program on this machine. Immutable.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Product"><c>redis</c> or <c>valkey</c>.</param>
/// <param name="Version">Its version.</param>
public sealed partial record RedisBinary(string Path, string Product, Version Version)
{
    private static readonly Version Oldest = new(7, 0);
    private static readonly string[] Names = ["redis-server", "valkey-server"];
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(10);

    /// <summary>For people: <c>redis 7.0.15</c>.</summary>
    public string DisplayName => $"{Product} {Version}";

    /// <summary>Where a program is: <paramref name="path"/> when given, otherwise the first of the names on PATH. Null: none.</summary>
    public static string? Find(string? path)
    {
        if (path is not null)
        {
            return File.Exists(path) ? System.IO.Path.GetFullPath(path) : null;
        }

        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Names
            .SelectMany(name => directories.Select(directory => System.IO.Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Finds a program and reads its version.</summary>
    /// <exception cref="EngineException">There is none, it is too old, or it does not say its version.</exception>
    public static async Task<RedisBinary> LocateAsync(string? path, TimeProvider time, CancellationToken cancellationToken)
    {
        string found = Find(path) ?? throw new EngineException(path is null
            ? "no redis-server or valkey-server on PATH: install one (Debian, Ubuntu: apt-get install redis-server) or name its path"
            : $"there is no program at {path}: name the path of a redis-server or valkey-server");
        string text = await ReadVersionAsync(found, time, cancellationToken).ConfigureAwait(false);
        Match match = VersionLine().Match(text);
        if (!match.Success || !Version.TryParse(match.Groups["version"].Value, out Version? version))
        {
            throw new EngineException($"{found} is no redis-server or valkey-server: --version says '{text.Trim()}'");
        }

        RedisBinary binary = new(found, match.Groups["product"].Value.ToLowerInvariant(), version);
        return version >= Oldest ? binary : throw new EngineException($"{found} is {binary.DisplayName}: {Oldest} or later is needed");
    }

    // "Redis server v=7.0.15 sha=00000000:0 ..." and "Valkey server v=8.0.1 sha=..."
    [GeneratedRegex(@"^(?<product>Redis|Valkey) server v=(?<version>[0-9]+(\.[0-9]+)+)")]
    private static partial Regex VersionLine();

    private static async Task<string> ReadVersionAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(VersionLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, "--version") { RedirectStandardOutput = true })
                ?? throw new EngineException($"{path} --version could not be started");
            string text = await process.StandardOutput.ReadToEndAsync(either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return text;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
        {
            throw new EngineException($"{path} --version could not be run: {exception.Message}", exception);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new EngineException($"{path} --version did not end within {VersionLimit.TotalSeconds:0} s");
        }
    }
}
