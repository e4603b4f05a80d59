using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace MyKey.App.Shared.Web;

/// <summary>How forms and JSON are read and written.</summary>
public static class Forms
{
    private const int MostFields = 256;

    public static void AddForms(this WebApplicationBuilder builder)
    {
        builder.AddNotes();
        builder.Services.Configure<Microsoft.AspNetCore.Mvc.MvcOptions>(mvc => Japanese(mvc.ModelBindingMessageProvider));
        builder.Services.Configure<Microsoft.AspNetCore.Http.Features.FormOptions>(form => form.ValueCountLimit = MostFields);
        // Thrown, it says which field nobody knows (Faults).
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            // What is not known is not taken (S2-P9d).
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });
        builder.Services.AddAntiforgery(form =>
        {
            form.Cookie.Name = "mykey_form";
            form.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // Strict is not sent on the way back from the card agent; a new token would then break the forms of other tabs.
            form.Cookie.SameSite = SameSiteMode.Lax;
        });
    }

    /// <summary>What a page keeps for the next one: encrypted, and over TLS sent over TLS only.</summary>
    private static void AddNotes(this WebApplicationBuilder builder) => builder.Services.Configure<Microsoft.AspNetCore.Mvc.CookieTempDataProviderOptions>(note =>
    {
        note.Cookie.Name = "mykey_note";
        note.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        note.Cookie.SameSite = SameSiteMode.Lax;
        note.Cookie.HttpOnly = true;
    });

    private static void Japanese(DefaultModelBindingMessageProvider words)
    {
        const string Unreadable = "読み取れません。たしかめて、もう一度入れてください";
        const string Missing = "入っていません。入れてください";
        words.SetAttemptedValueIsInvalidAccessor((_, _) => Unreadable);
        words.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => Unreadable);
        words.SetUnknownValueIsInvalidAccessor(_ => Unreadable);
        words.SetNonPropertyUnknownValueIsInvalidAccessor(() => Unreadable);
        words.SetValueIsInvalidAccessor(_ => Unreadable);
        words.SetValueMustBeANumberAccessor(_ => Unreadable);
        words.SetNonPropertyValueMustBeANumberAccessor(() => Unreadable);
        words.SetValueMustNotBeNullAccessor(_ => Missing);
        words.SetMissingBindRequiredValueAccessor(_ => Missing);
        words.SetMissingKeyOrValueAccessor(() => Missing);
        words.SetMissingRequestBodyRequiredValueAccessor(() => Missing);
    }
}
