"""The report as one HTML file: `page.html` is the frame, `page.css` the looks (`tokens.css`: colours), `page.js`
sorts, filters and draws."""
