using System.Net;
using System.Text.RegularExpressions;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Hosting;

/// <summary>What single options may be, before anything is started. What depends on the machine is found where it is used.</summary>
internal static partial class HostOptionRules
{
    private const int MaxNameLength = 200; // names of nodes and databases are put in front of it
    private const int MaxHandoffsDelayMs = 10_000;
    private const int MaxGraceSeconds = 3600;

    /// <exception cref="ClusterHostException">An option is none of the values it can have.</exception>
    public static void Require(ClusterHostOptions options)
    {
        Require(
            options.ClusterName.Length <= MaxNameLength && DomainName().IsMatch(options.ClusterName),
            $"--name is \"{options.ClusterName}\"; it must be a domain name, like cluster.local.");
        Within("--delay-ms", options.HandoffsDelayMs, 0, MaxHandoffsDelayMs);
        Within("--grace-seconds", options.GraceSeconds, 1, MaxGraceSeconds);
        Within("--loops", options.Loops, 0, ProxyDriver.MaxLoops);
        foreach (var text in options.ExternalAddresses)
        {
            Require(IPAddress.TryParse(text, out _), $"The external address \"{text}\" is not an IP address.");
        }

        foreach (var (name, password) in options.Users)
        {
            Require(password.Length > 0, $"The user {name} has no password; a user is given as NAME:PASSWORD.");
        }
    }

    private static void Within(string option, int value, int least, int most) =>
        Require(value >= least && value <= most, $"{option} is {value}; {least} to {most} are possible.");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ClusterHostException(message);
        }
    }

    [GeneratedRegex(@"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex DomainName();
}
