using System.CommandLine;

namespace Baton.Cli.Api;

/// <summary>The options of every verb that talks to the API; defined once, on the root.</summary>
internal static class ApiOptions
{
    public const string DefaultDataDirectory = "baton-data";

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "The API's address (BATON_URL). Default: the cluster that runs on --data, else https://localhost:9443.",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<string[]> User = new("--user")
    {
        Description = "User of the API (BATON_USER, or --user-file, which the list of processes does not show). "
            + "With `up`: add it, or change its password; may be given several times.",
        HelpName = "NAME:PASSWORD",
        Recursive = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public static readonly Option<string?> UserFile = new("--user-file")
    {
        Description = "File with users of the API, NAME:PASSWORD in each line (BATON_USER_FILE): what --user is for, unseen in the list of processes.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string> Data = new("--data")
    {
        Description = "Directory of the cluster's state and data (BATON_DATA).",
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable("BATON_DATA") is { Length: > 0 } directory ? directory : DefaultDataDirectory,
    };

    public static readonly Option<bool> Insecure = new("--insecure")
    {
        Description = "Accept any certificate of the API (BATON_INSECURE=1).",
        Recursive = true,
    };

    /// <summary>Each verb adds it itself, because some have one of their own.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "JSON instead of text.",
    };

    /// <summary>
    /// The users that were given, NAME:PASSWORD: by option, else by file, else by the environment (BATON_USER, then BATON_USER_FILE). An option
    /// before the environment, for it is the one who types that knows.
    /// </summary>
    /// <exception cref="ApiException">The file cannot be read, or holds something else.</exception>
    public static string[] Users(ParseResult parsed)
    {
        string[] named = [.. parsed.GetValue(User) ?? [], .. ReadUsers(parsed.GetValue(UserFile))];
        return named.Length > 0 ? named
            : ApiAddress.NonEmpty("BATON_USER") is { } user ? [user]
            : ReadUsers(ApiAddress.NonEmpty("BATON_USER_FILE"));
    }

    private static string[] ReadUsers(string? file)
    {
        if (file is null)
        {
            return [];
        }

        try
        {
            string[] lines = [.. File.ReadAllLines(file).Where(line => line.Length > 0)];
            Array.ForEach(lines, line => ApiAddress.Split(line));
            return lines.Length > 0 ? lines : throw new ApiException("it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ApiException)
        {
            throw new ApiException($"--user-file {file}: {e.Message} Each line of it is a user, NAME:PASSWORD.", e);
        }
    }

    /// <summary>How the verb reaches the API.</summary>
    /// <exception cref="ApiException">It cannot be known.</exception>
    public static BatonApi Connect(ParseResult parsed) => new(ApiAddress.Find(
        parsed.GetValue(Url), Users(parsed).LastOrDefault(), parsed.GetValue(Insecure), parsed.GetValue(Data)!));
}
