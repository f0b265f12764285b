using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baton.Server.Rest;

/// <summary>
/// Issues and checks the API's JSON web tokens (HS256). The key lives in memory only: a token ends with the process. Thread-safe.
/// </summary>
internal sealed class TokenIssuer(TimeProvider clock)
{
    /// <summary>Life of a token that asks for none, in seconds.</summary>
    public const int DefaultLife = 300;

    /// <summary>Longest life of a token, in seconds.</summary>
    public const int MaxLife = 86_400;

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>A token for a user.</summary>
    public string Issue(string user, int seconds)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        JsonObject claims = new() { ["sub"] = user, ["iat"] = now, ["exp"] = now + seconds };
        string signed = $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>The user of a token of this process that has not run out; null for anything else.</summary>
    public string? Check(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3 || !IsSigned(parts))
        {
            return null;
        }

        using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])); // Ours: it is signed.
        return claims.RootElement.GetProperty("exp").GetInt64() > clock.GetUtcNow().ToUnixTimeSeconds()
            ? claims.RootElement.GetProperty("sub").GetString()
            : null;
    }

    private bool IsSigned(string[] parts)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Base64Url.IsValid(parts[2], out int length) && length == given.Length
            && Base64Url.TryDecodeFromChars(parts[2], given, out _)
            && CryptographicOperations.FixedTimeEquals(given, Sign($"{parts[0]}.{parts[1]}"));
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
}
