using System.Security.Cryptography;
using Baton.Server.Control;
using Baton.Server.Rest;

namespace Baton.Server.Hosting;

/// <summary>The API's users at start.</summary>
/// <param name="Name">An administrator that was made because there was none.</param>
/// <param name="Password">Its password: the only time it is known.</param>
public sealed record Administrator(string Name, string Password)
{
    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int PasswordLength = 20;

    /// <summary>Redacts <see cref="Password"/>.</summary>
    public override string ToString() => Name;

    /// <summary>Adds or changes the users that were given; makes an administrator when there is nobody at all.</summary>
    /// <returns>The one that was made, or null.</returns>
    internal static Administrator? Prepare(UserStore users, ClusterHostOptions options, string clusterName, ControlFeed feed)
    {
        foreach (var (name, password) in options.Users)
        {
            try
            {
                users.Set(name, password);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                feed.Say("users", $"{name} is a user for this run only, for the users could not be saved: {e.Message}");
            }
        }

        if (!users.IsEmpty)
        {
            return null;
        }

        var made = new Administrator($"admin@{clusterName}", RandomNumberGenerator.GetString(PasswordLetters, PasswordLength));
        users.Set(made.Name, made.Password);
        return made;
    }
}
